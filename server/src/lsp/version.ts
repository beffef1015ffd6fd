/**
 * The tool's version, as the server's package has it.
 */
import manifest from '../../package.json' with { type: 'json' };

/** e.g. `0.1.0` */
export const VERSION: string = manifest.version;
