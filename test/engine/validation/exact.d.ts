import { type Row } from './rows.ts';
export declare function uncontendedRows(): readonly Row[];
export declare function closedFifoRows(): readonly Row[];
/** Hand-off forms: T one-way transfer, L a load's, c occupancy, h hold, k waiters. */
export declare function handoffRows(): readonly Row[];
