/**
 * What the engine must reproduce: numbers and the names of the formulas behind them. Data only; how each is measured stands in
 * the sibling files.
 */

/** Uncontended sums in core cycles, line in the own cache, nothing pending. Formula: sums of the profile's figures. Tolerance 0. */
export const uncontended = [
  {
    profile: 'skylake-sp',
    acquire: 89,
    release: 64,
    pair: 153,
    atDpcPair: 36,
    naivePassive: 178,
    naiveDispatch: 61,
    plainDispatch: 153,
    breakEven: 0.214,
    queuedPair: 153,
  },
  {
    profile: 'icelake-sp',
    acquire: 92.8,
    release: 67.7,
    pair: 160.5,
    atDpcPair: 43.5,
    naivePassive: 185.5,
    naiveDispatch: 68.5,
    plainDispatch: 160.5,
    breakEven: 0.214,
    queuedPair: 160.6,
  },
  {
    profile: 'zen3-milan',
    acquire: 88,
    release: 63,
    pair: 151,
    atDpcPair: 34,
    naivePassive: 176,
    naiveDispatch: 59,
    plainDispatch: 151,
    breakEven: 0.214,
    queuedPair: 151,
  },
  {
    profile: 'zen4-desktop',
    acquire: 86,
    release: 61,
    pair: 147,
    atDpcPair: 30,
    naivePassive: 172,
    naiveDispatch: 55,
    plainDispatch: 147,
    breakEven: 0.214,
    queuedPair: 147,
  },
  {
    profile: 'neoverse-n1',
    acquire: 24,
    release: 23,
    pair: 47,
    atDpcPair: 26,
    naivePassive: 51,
    naiveDispatch: 30,
    plainDispatch: 47,
    breakEven: 0.19,
    queuedPair: 47,
  },
] as const;

/** Closed FIFO system with constant think Z and service S: X(N) = min(N / (Z + S), 1 / S). */
export const closedFifo = [
  { Z: 2000, S: 200 },
  { Z: 1000, S: 100 },
  { Z: 0, S: 150 },
  { Z: 5000, S: 50 },
] as const;
export const closedFifoCpus = [1, 2, 4, 8, 16, 32, 64] as const;

/** Machine repairman: exponential think and service, one FIFO server. Formula: exact MVA. Tolerance 1 %. */
export const repairman = [
  { Z: 2000, S: 200 },
  { Z: 2000, S: 400 },
  { Z: 1000, S: 50 },
  { Z: 500, S: 500 },
] as const;
export const repairmanCpus = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64] as const;

/** Spot values of the same, tabulated independently: X per 1000 cycles. */
export const repairmanSpots = [
  { Z: 2000, S: 200, n: 8, X: 3.308408 },
  { Z: 2000, S: 400, n: 6, X: 2.020382 },
  { Z: 1000, S: 50, n: 24, X: 18.678066 },
  { Z: 500, S: 500, n: 3, X: 1.875 },
] as const;

/** M/D/1 waiting time: Wq = rho S / (2 (1 - rho)). Tolerance 2 %. */
export const openQueue = { S: 100, loads: [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95] } as const;

/** Boyd-Wickizer chain: a mean time between acquires, s section, c line service; peak of the speed-up curve. */
export const chains = [
  { name: 'short section (s/a = 2 %)', a: 5000, s: 100, c: 200, peak: 13 },
  { name: 's/a = 2 %, 4x longer section', a: 20000, s: 400, c: 200, peak: 23 },
  { name: 's/a = 5 %', a: 2000, s: 100, c: 200, peak: 7 },
  { name: 's/a = 1 %', a: 40000, s: 400, c: 200, peak: 36 },
  { name: 'Graviton2-like, cycles', a: 2000, s: 150, c: 105, peak: 9 },
] as const;

/**
 * Ticket lock around one increment on Graviton2, 16 of 64 cores, ns per increment, median of trials.
 * Source: travisdowns/concurrency-hierarchy-bench, commit 1b3f7f8, results g2-16. A calibration: the profile's occupancy was
 * fitted on this curve.
 */
export const gravitonTicket = [
  { cpus: 2, ns: 132.85 },
  { cpus: 4, ns: 170.43 },
  { cpus: 8, ns: 249.45 },
  { cpus: 12, ns: 337.15 },
  { cpus: 16, ns: 427.57 },
] as const;
/** Straight line through the same measurements, for the numbers of CPUs between: a + b N ns (R2 0.995). */
export const gravitonLine = { a: 85.2, b: 21.03 } as const;
