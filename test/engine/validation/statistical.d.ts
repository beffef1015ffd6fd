import { type Row } from './rows.ts';
/** Exact mean value analysis: throughput per 1000 cycles of n customers. */
export declare function mva(Z: number, S: number, n: number): number;
export declare function repairmanRows(acquisitions: number): readonly Row[];
/** Poisson arrivals of DPCs on many CPUs, one FIFO lock, constant section. */
export declare function openQueueRows(acquisitions: number): readonly Row[];
/** Speed-up n - w of the chain a_k = (n - k) / a, s_k = 1 / (s + c k / 2). */
export declare function chainSpeedup(a: number, s: number, c: number, n: number): number;
export declare function chainRows(acquisitions: number): readonly Row[];
