// All tests in one process: loading the CDK takes longer than they do. Each file also runs alone.
import './manifest.test.ts';
import './settings.test.ts';
import './stacks.test.ts';
import './shared.test.ts';
import './tokens.test.ts';
import './delivery.test.ts';
import './rights.test.ts';
import './docs.test.ts';
