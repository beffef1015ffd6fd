import { type Row } from './rows.ts';
/** Every vector with its verdict. */
export declare const vectors: readonly (readonly [name: string, holds: () => boolean])[];
/** As rows: 1 = holds. */
export declare function conformanceRows(): readonly Row[];
