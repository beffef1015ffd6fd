/**
 * What the engine must reproduce: numbers and the names of the formulas behind them. Data only; how each is measured stands in
 * the sibling files.
 */
/** Uncontended sums in core cycles, line in the own cache, nothing pending. Formula: sums of the profile's figures. Tolerance 0. */
export declare const uncontended: readonly [
  {
    readonly profile: 'skylake-sp';
    readonly acquire: 89;
    readonly release: 64;
    readonly pair: 153;
    readonly atDpcPair: 36;
    readonly naivePassive: 178;
    readonly naiveDispatch: 61;
    readonly plainDispatch: 153;
    readonly breakEven: 0.214;
    readonly queuedPair: 153;
  },
  {
    readonly profile: 'icelake-sp';
    readonly acquire: 92.8;
    readonly release: 67.7;
    readonly pair: 160.5;
    readonly atDpcPair: 43.5;
    readonly naivePassive: 185.5;
    readonly naiveDispatch: 68.5;
    readonly plainDispatch: 160.5;
    readonly breakEven: 0.214;
    readonly queuedPair: 160.6;
  },
  {
    readonly profile: 'zen3-milan';
    readonly acquire: 88;
    readonly release: 63;
    readonly pair: 151;
    readonly atDpcPair: 34;
    readonly naivePassive: 176;
    readonly naiveDispatch: 59;
    readonly plainDispatch: 151;
    readonly breakEven: 0.214;
    readonly queuedPair: 151;
  },
  {
    readonly profile: 'zen4-desktop';
    readonly acquire: 86;
    readonly release: 61;
    readonly pair: 147;
    readonly atDpcPair: 30;
    readonly naivePassive: 172;
    readonly naiveDispatch: 55;
    readonly plainDispatch: 147;
    readonly breakEven: 0.214;
    readonly queuedPair: 147;
  },
  {
    readonly profile: 'neoverse-n1';
    readonly acquire: 24;
    readonly release: 23;
    readonly pair: 47;
    readonly atDpcPair: 26;
    readonly naivePassive: 51;
    readonly naiveDispatch: 30;
    readonly plainDispatch: 47;
    readonly breakEven: 0.19;
    readonly queuedPair: 47;
  },
];
/** Closed FIFO system with constant think Z and service S: X(N) = min(N / (Z + S), 1 / S). */
export declare const closedFifo: readonly [
  {
    readonly Z: 2000;
    readonly S: 200;
  },
  {
    readonly Z: 1000;
    readonly S: 100;
  },
  {
    readonly Z: 0;
    readonly S: 150;
  },
  {
    readonly Z: 5000;
    readonly S: 50;
  },
];
export declare const closedFifoCpus: readonly [1, 2, 4, 8, 16, 32, 64];
/** Machine repairman: exponential think and service, one FIFO server. Formula: exact MVA. Tolerance 1 %. */
export declare const repairman: readonly [
  {
    readonly Z: 2000;
    readonly S: 200;
  },
  {
    readonly Z: 2000;
    readonly S: 400;
  },
  {
    readonly Z: 1000;
    readonly S: 50;
  },
  {
    readonly Z: 500;
    readonly S: 500;
  },
];
export declare const repairmanCpus: readonly [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
/** Spot values of the same, tabulated independently: X per 1000 cycles. */
export declare const repairmanSpots: readonly [
  {
    readonly Z: 2000;
    readonly S: 200;
    readonly n: 8;
    readonly X: 3.308408;
  },
  {
    readonly Z: 2000;
    readonly S: 400;
    readonly n: 6;
    readonly X: 2.020382;
  },
  {
    readonly Z: 1000;
    readonly S: 50;
    readonly n: 24;
    readonly X: 18.678066;
  },
  {
    readonly Z: 500;
    readonly S: 500;
    readonly n: 3;
    readonly X: 1.875;
  },
];
/** M/D/1 waiting time: Wq = rho S / (2 (1 - rho)). Tolerance 2 %. */
export declare const openQueue: {
  readonly S: 100;
  readonly loads: readonly [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95];
};
/** Boyd-Wickizer chain: a mean time between acquires, s section, c line service; peak of the speed-up curve. */
export declare const chains: readonly [
  {
    readonly name: 'short section (s/a = 2 %)';
    readonly a: 5000;
    readonly s: 100;
    readonly c: 200;
    readonly peak: 13;
  },
  {
    readonly name: 's/a = 2 %, 4x longer section';
    readonly a: 20000;
    readonly s: 400;
    readonly c: 200;
    readonly peak: 23;
  },
  {
    readonly name: 's/a = 5 %';
    readonly a: 2000;
    readonly s: 100;
    readonly c: 200;
    readonly peak: 7;
  },
  {
    readonly name: 's/a = 1 %';
    readonly a: 40000;
    readonly s: 400;
    readonly c: 200;
    readonly peak: 36;
  },
  {
    readonly name: 'Graviton2-like, cycles';
    readonly a: 2000;
    readonly s: 150;
    readonly c: 105;
    readonly peak: 9;
  },
];
/**
 * Ticket lock around one increment on Graviton2, 16 of 64 cores, ns per increment, median of trials.
 * Source: travisdowns/concurrency-hierarchy-bench, commit 1b3f7f8, results g2-16. A calibration: the profile's occupancy was
 * fitted on this curve.
 */
export declare const gravitonTicket: readonly [
  {
    readonly cpus: 2;
    readonly ns: 132.85;
  },
  {
    readonly cpus: 4;
    readonly ns: 170.43;
  },
  {
    readonly cpus: 8;
    readonly ns: 249.45;
  },
  {
    readonly cpus: 12;
    readonly ns: 337.15;
  },
  {
    readonly cpus: 16;
    readonly ns: 427.57;
  },
];
/** Straight line through the same measurements, for the numbers of CPUs between: a + b N ns (R2 0.995). */
export declare const gravitonLine: {
  readonly a: 85.2;
  readonly b: 21.03;
};
