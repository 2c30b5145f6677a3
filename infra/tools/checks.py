"""Checks a deployment of probes on the emulator: checks.py API_URL HEARD."""

import inspect
import sys
import traceback

import hidden
import wiring


def main():
    outcome = {True: 0, False: 0}
    for module in (wiring, hidden):
        checks = [(name, check) for name, check in vars(module).items()
                  if inspect.isfunction(check) and check.__module__ == module.__name__]
        for name, check in checks:
            try:
                check()
                passed = True
            except Exception:
                traceback.print_exc()
                passed = False
            outcome[passed] += 1
            print(f"{'ok  ' if passed else 'FAIL'} {module.__name__}: {name.replace('_', ' ')}", flush=True)
    print(f"test result: {'FAILED' if outcome[False] else 'ok'}. {outcome[True]} passed; {outcome[False]} failed; 0 ignored")
    return 1 if outcome[False] else 0


sys.exit(main())
