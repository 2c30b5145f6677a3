//! Every function is a binary, and every binary a function.

use crate::{files_below, project};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn every_function_has_a_binary_that_runs_it_and_nothing_else() {
    let mut names = BTreeSet::new();
    for context in simulation::contexts() {
        let folder = format!("functions/{}/src/bin", context.name);
        let mut binaries: BTreeMap<String, String> = BTreeMap::new();
        for file in files_below(&folder) {
            let text = std::fs::read_to_string(project(&folder).join(&file)).unwrap();
            binaries.insert(file.to_string_lossy().into_owned(), text);
        }
        let mut functions = BTreeMap::new();
        for function in context.functions {
            assert_eq!(function.context, context.name, "{} stands in its own context", function.name);
            assert!(names.insert(function.name), "{} is the name of two functions", function.name);
            let (name, module) = (function.name, function.name.replace('-', "_"));
            let text = format!(
                "//! `{name}` on Lambda.\n\
                 fn main() -> std::process::ExitCode {{\n    \
                 platform::lambda::run({}::{module}::function())\n\
                 }}\n",
                context.name
            );
            functions.insert(format!("{name}.rs"), text);
        }
        assert_eq!(binaries, functions, "{folder}");
    }
}

#[test]
fn every_folder_of_functions_is_a_context() {
    let folders = std::fs::read_dir(project("functions")).unwrap();
    let folders: BTreeSet<String> =
        folders.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    let contexts = simulation::contexts().iter().map(|context| context.name.to_owned()).collect();
    assert_eq!(folders, contexts);
}
