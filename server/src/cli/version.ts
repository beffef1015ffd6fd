/**
 * The version of the tool, as its package says.
 */
import manifest from '../../package.json' with { type: 'json' };

/** e.g. "0.1.0" */
export const VERSION: string = manifest.version;
