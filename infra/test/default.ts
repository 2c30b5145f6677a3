// The stacks of the committed manifest and of the story, in the default setting, built once for all tests that read
// their templates.
import { readManifest } from '../lib/manifest.ts';
import { story } from './story.ts';
import { Synthesis } from './synthesis.ts';

export const committed = new Synthesis(readManifest(), { issuer: 'https://issuer.example' });
export const synthesis = new Synthesis(story);

/** What must hold of any manifest is tested on both. */
export const syntheses = [
  { of: 'the committed manifest', synthesis: committed },
  { of: 'the story', synthesis },
];
