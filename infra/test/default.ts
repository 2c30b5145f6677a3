// The committed manifest in the default setting, built once for all tests that read its templates.
import { readManifest } from '../lib/manifest.ts';
import { Synthesis } from './synthesis.ts';

export const manifest = readManifest();
export const synthesis = new Synthesis(manifest);
