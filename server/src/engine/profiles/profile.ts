/**
 * Profiles as data: what a platform's operations cost, with unit, source, confidence and range; the lookup with the user's
 * overrides merged. What a figure is used for stands in `simulation/costTable.ts`.
 */
import { ScenarioError } from '../scenarioError.ts';
import { icelakeSp } from './icelakeSp.ts';
import { irqlVariants } from './irqlVariants.ts';
import { neoverseN1 } from './neoverseN1.ts';
import { skylakeSp } from './skylakeSp.ts';
import { windowsFigures } from './windowsFigures.ts';
import { zen3Milan } from './zen3Milan.ts';
import { zen4Desktop } from './zen4Desktop.ts';

/**
 * How a figure is known. measured: on a machine, by us; published: recomputed from published raw data; documented: vendor
 * documentation; read: in public source code; derived: computed from the others; recalled: known literature value, not read
 * again; estimate: engineering judgement, always with a range.
 */
export type Confidence =
  'measured' | 'published' | 'documented' | 'read' | 'derived' | 'recalled' | 'estimate';

/** One figure. */
export interface Figure {
  readonly key: string;
  readonly value: number;
  /** Core cycles, nanoseconds, a plain factor, or Windows' own units. */
  readonly unit: 'cycles' | 'ns' | 'factor' | 'us' | 'ms' | 'ticks' | 'DPCs' | 'DPCs/tick';
  /** Bounds where the figure is uncertain. */
  readonly range: readonly [low: number, high: number] | null;
  readonly confidence: Confidence;
  readonly source: string;
}

/** A platform. */
export interface Profile {
  readonly id: string;
  readonly name: string;
  readonly clockGHz: number;
  /** Key of `irqlVariants` that it uses by itself. */
  readonly irqlVariant: string;
  readonly coresPerCluster: number;
  readonly coresPerSocket: number;
  readonly figures: readonly Figure[];
}

/** A profile with variant and overrides merged: what a run uses. */
export interface ResolvedProfile extends Omit<Profile, 'figures'> {
  readonly figures: ReadonlyMap<string, Figure>;
  readonly overridden: readonly string[];
}

export const profiles: readonly Profile[] = [skylakeSp, icelakeSp, zen3Milan, zen4Desktop, neoverseN1];

export const defaultProfile = 'skylake-sp';

function findProfile(id: string): Profile | undefined {
  return profiles.find((profile) => profile.id === id);
}

function irqlVariantIds(): readonly string[] {
  return Object.keys(irqlVariants);
}

/** The figures of a run: profile, then IRQL variant, then the user's values. Throws `ScenarioError` on an unknown name. */
export function resolveProfile(
  id: string,
  variant: string | undefined,
  overrides: Readonly<Record<string, number>>,
): ResolvedProfile {
  const profile = findProfile(id);
  if (profile === undefined) {
    throw new ScenarioError(
      `There is no profile '${id}'; there are: ${profiles.map((row) => row.id).join(', ')}.`,
    );
  }
  const figures = new Map<string, Figure>();
  for (const figure of windowsFigures) figures.set(figure.key, figure);
  for (const figure of profile.figures) figures.set(figure.key, figure);
  if (variant !== undefined && variant !== profile.irqlVariant) {
    const rows = irqlVariants[variant];
    if (rows === undefined) {
      throw new ScenarioError(
        `There is no IRQL variant '${variant}'; there are: ${irqlVariantIds().join(', ')}.`,
      );
    }
    for (const figure of rows) figures.set(figure.key, figure);
  }
  for (const [key, value] of Object.entries(overrides)) figures.set(key, overridden(figures, key, value));
  return {
    ...profile,
    irqlVariant: variant ?? profile.irqlVariant,
    figures,
    overridden: Object.keys(overrides).sort(),
  };
}

function overridden(figures: ReadonlyMap<string, Figure>, key: string, value: number): Figure {
  const figure = figures.get(key);
  if (figure === undefined) throw new ScenarioError(`Profiles have no figure '${key}'.`);
  if (!Number.isFinite(value) || value < 0) throw new ScenarioError(`Figure '${key}' cannot be ${value}.`);
  return { ...figure, value, range: null, confidence: 'measured', source: 'set by the user' };
}

/** A figure's value in its own unit. */
export function figureOf(profile: ResolvedProfile, key: string): Figure {
  const figure = profile.figures.get(key);
  if (figure === undefined) throw new ScenarioError(`Profile '${profile.id}' has no figure '${key}'.`);
  return figure;
}

/** A figure in core cycles; nanoseconds and Windows' times are converted by the profile's clock. */
export function cyclesOf(profile: ResolvedProfile, key: string): number {
  const { value, unit } = figureOf(profile, key);
  if (unit === 'ns') return value * profile.clockGHz;
  if (unit === 'us') return value * 1e3 * profile.clockGHz;
  if (unit === 'ms') return value * 1e6 * profile.clockGHz;
  return value;
}
