/** Placeholder filled below. */
import type { Row } from './rows.ts';
export declare const conformanceRows: () => readonly Row[];
