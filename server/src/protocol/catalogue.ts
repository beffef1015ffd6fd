/**
 * What the engine offers, as plain data for pickers and for the replay page: bundled scenarios, profiles, lock kinds.
 * The shapes agree with the rows of `irql-lens scenarios|profiles`; nothing here runs anything.
 */
import * as z from 'zod';
import { scenarioSchema, type Scenario } from './scenarioFormat.ts';

/** One figure of a profile, as the costs panel shows it. */
export interface CatalogueFigure {
  readonly key: string;
  readonly value: number;
  readonly unit: string;
  /** Lowest and highest plausible value, where the source gives a range. */
  readonly range: readonly [low: number, high: number] | null;
  readonly source: string;
  readonly confidence: string;
}

export interface CatalogueProfile {
  readonly id: string;
  readonly name: string;
  readonly clockGHz: number;
  readonly figures: readonly CatalogueFigure[];
}

export interface CatalogueLockKind {
  readonly id: string;
  readonly displayName: string;
  /** Served in order of arrival. */
  readonly fair: boolean;
  /** Can stand for another spin lock kind in any scenario. */
  readonly replaceable: boolean;
}

/** Everything that a picker needs. */
export interface Catalogue {
  /** The bundled scenarios in full, in the order of the manual. */
  readonly scenarios: readonly Scenario[];
  readonly profiles: readonly CatalogueProfile[];
  readonly lockKinds: readonly CatalogueLockKind[];
}

const figureSchema: z.ZodType<CatalogueFigure> = z.object({
  key: z.string(),
  value: z.number(),
  unit: z.string(),
  range: z.tuple([z.number(), z.number()]).nullable(),
  source: z.string(),
  confidence: z.string(),
});

/** Unknown keys are dropped: a newer engine may say more. */
export const catalogueSchema: z.ZodType<Catalogue> = z.object({
  scenarios: z.array(scenarioSchema),
  profiles: z.array(
    z.object({ id: z.string(), name: z.string(), clockGHz: z.number(), figures: z.array(figureSchema) }),
  ),
  lockKinds: z.array(
    z.object({ id: z.string(), displayName: z.string(), fair: z.boolean(), replaceable: z.boolean() }),
  ),
});
