// Entry point of the CDK app: every stack from the manifest, checked against the AwsSolutions rules.
// A finding without an acknowledged reason stops the synthesis.
import { App, Validations } from 'aws-cdk-lib';
import { readManifest } from '../lib/manifest.ts';
import { readSettings } from '../lib/settings.ts';
import { addStacks } from '../lib/stacks.ts';

const app = new App();
const settings = readSettings(app.node);
addStacks(app, readManifest(), settings);
// The rules take seconds to load: the emulator, where the tests have checked the same stacks, does without.
if (!settings.disposable) {
  const { AwsSolutionsChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
