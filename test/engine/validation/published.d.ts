import { type Row } from './rows.ts';
export declare function gravitonRows(): readonly Row[];
/** Scenario ttas-vs-queued: who is quicker at how many CPUs. */
export declare function orderingRows(): readonly Row[];
