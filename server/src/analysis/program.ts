/**
 * The program as the analysis sees it: files, functions, projects, types, roles and registrations of one snapshot.
 * Plain immutable data and look-ups; it computes no IRQL.
 */
import type { Atom, AtomTable } from '../syntax/atoms.ts';
import type { NodeId } from '../syntax/ir.ts';
import type { Annotation, FileStructure, FunctionDefinition, TextRange } from '../syntax/fileStructure.ts';
import type { BodyIr } from '../syntax/ir.ts';
import type { DdiFacts, LockEffect, DdiFact, RoleFact } from '../ddi/ddiFacts.ts';
import type { MacroScope } from '../syntax/macroEnvironment.ts';
import type { FunctionSummary } from './facts.ts';
import type { Contract } from './sal/contract.ts';

/** Index of a function definition in `Program.functions`. */
export type FunctionId = number;

/** Target and configuration that change answers. */
export interface AnalysisSettings {
  /** decides level values: 0..15 on x64 and ARM64, 0..31 on x86 */
  readonly arch: 'x64' | 'arm64' | 'x86';
  readonly defines: Readonly<Record<string, string>>;
  /** treat every `_IRQL_*` / `__drv_*IRQL*` annotation in the sources as absent */
  readonly ignoreIrqlAnnotations: boolean;
}

/** One source file of the snapshot. */
export interface FileUnit {
  /** normalised path with forward slashes, as the host names it */
  readonly path: string;
  readonly text: string;
  readonly structure: FileStructure;
  /** the driver this file belongs to: a .vcxproj or its folder; static names and call resolution stay inside one project, headers may be in several */
  readonly project: string;
  readonly functionIds: readonly FunctionId[];
  /** whether the file's code runs in the kernel, in user mode (UMDF, services, tools), or nobody can tell; rules speak of kernel code only */
  readonly mode?: FileMode;
}

/** Where a file's code runs; `unknown` is to be treated as kernel code with less confidence. */
export type FileMode = 'kernel' | 'user' | 'unknown';

/** One function definition with its lazily parsed body. */
export interface FunctionUnit {
  readonly id: FunctionId;
  readonly name: string;
  /** "Class::name" where it has a scope, else the name */
  readonly qualifiedName: string;
  readonly file: FileUnit;
  readonly head: FunctionDefinition;
  /** annotations of the definition and of the prototypes and typedefs that declare it, definition first */
  readonly annotations: readonly SourcedAnnotation[];
  /** parses on first use and keeps the result for this snapshot */
  ir(): BodyIr;
  /**
   * Same stamp: same tokens of head and body, same macro environment, same annotations, and an IR whose nodes have the same
   * numbers (offsets may be shifted). Summaries may be kept by stamp across snapshots, ranges may not. Never reused for other content.
   */
  readonly stamp?: number;
}

/** An annotation with the file it was read from. */
export interface SourcedAnnotation {
  readonly annotation: Annotation;
  readonly file: FileUnit;
  /** index of the parameter it stands on, or undefined for the function itself */
  readonly parameter?: number;
  readonly from: 'definition' | 'prototype' | 'typedef';
}

/** Where a function became a callback. */
export interface RoleAssignment {
  readonly fact: RoleFact;
  readonly how:
    | 'declaration'
    | 'functionClass'
    | 'registrationCall'
    | 'fieldAssignment'
    | 'initializer'
    | 'entryPoint'
    | 'passedThrough';
  readonly file: FileUnit;
  readonly range: TextRange;
  /** e.g. "KeInitializeDpc argument 1", "DRIVER_OBJECT.MajorFunction[IRP_MJ_READ]", "WDF_TIMER_CONFIG_INIT" */
  readonly via: string;
  /** narrowed levels by conditions known at the site (execution level, passive interrupt, threaded DPC, major function), else the role's own */
  readonly min: number;
  readonly max: number;
  /** how sure the upper level is: see ddi RoleFact */
  readonly upper: 'always' | 'usual' | 'merelyAllowed';
}

/** What a call or a function-pointer use refers to. */
export type Callee =
  /** functions of the workspace; more than one when ambiguous (several definitions under #if, virtual or pointer calls) */
  | { readonly kind: 'functions'; readonly ids: readonly FunctionId[]; readonly isExact: boolean }
  /** a documented kernel routine (or a user fact) with no body in the workspace */
  | { readonly kind: 'ddi'; readonly name: string; readonly fact?: DdiFact; readonly effect?: LockEffect }
  /** an indirect call through a pointer whose role is known but whose target is not */
  | { readonly kind: 'role'; readonly role: RoleFact }
  /** compiler intrinsic or C library function without effect on IRQL or locks */
  /** a function that is only declared, with annotations that say what it needs and does */
  | { readonly kind: 'declared'; readonly name: string; readonly declared: DeclaredFunction }
  | { readonly kind: 'neutral'; readonly name: string }
  | { readonly kind: 'unknown'; readonly name: string };

/** A function without a body in the workspace whose declaration states its IRQL or its locks. */
export interface DeclaredFunction {
  readonly name: string;
  /** names of the parameters in order, '' for an unnamed one */
  readonly parameters: readonly string[];
  readonly contract: Contract;
  /** the same as callers of a body would see it */
  readonly summary: FunctionSummary;
}

/** One snapshot of the workspace. */
export interface Program {
  readonly atoms: AtomTable;
  readonly settings: AnalysisSettings;
  readonly ddi: DdiFacts;
  readonly files: ReadonlyMap<string, FileUnit>;
  readonly functions: readonly FunctionUnit[];
  /** type of a local, parameter, global or member expression, for lock classes and pointer calls */
  readonly types: TypeTable;
  macroScope(file: FileUnit): MacroScope;
  /** resolves the callee of a Call node of `caller` by name, visibility (static, project) and indirect-call tables */
  resolveCall(caller: FunctionUnit, call: NodeId): Callee;
  /** functions of the caller's project (or file, if static) with this name */
  findFunctions(from: FunctionUnit, name: Atom): readonly FunctionId[];
  /** every way in which the function is known to be used as a callback */
  rolesOf(id: FunctionId): readonly RoleAssignment[];
  /** true when the function's address is taken in a way that none of the role tables explains */
  hasUnknownCallers(id: FunctionId): boolean;
  /**
   * Changes whenever an answer of `resolveCall` may have changed for a call inside that project although the caller's own stamp
   * is the same: a function, type or function-pointer table of what the project sees changed.
   */
  resolutionStamp?(project: string): number;
  /**
   * Changes whenever anything but the insides of function bodies changed that a look at other functions may see: files, projects,
   * declarations, macros, functions used as values.
   */
  readonly declarationStamp?: number;
  /** what is known of the file's project, undefined for a name that is none */
  project?(key: string): ProjectInfo | undefined;
}

/** One driver, library or program of the workspace. */
export interface ProjectInfo {
  /** path of the .vcxproj, or the folder */
  readonly key: string;
  readonly kind: 'driver' | 'library' | 'program' | 'folder';
  readonly mode: FileMode;
  /** source files that the project compiles and headers that lie in its folder */
  readonly files: readonly string[];
}

/** Answers about struct and variable types; names are resolved inside a project. */
export interface TypeTable {
  /** struct name (canonical: first typedef name, else tag) of a type identifier such as PDEVICE_EXTENSION; undefined when unknown */
  structOf(project: string, typeName: string): string | undefined;
  /** type identifier of a field, e.g. ("DEVICE_EXTENSION","QueueLock") -> "KSPIN_LOCK" */
  fieldType(project: string, structName: string, field: string): string | undefined;
  /** annotations of a field, e.g. _Guarded_by_ */
  fieldAnnotations(project: string, structName: string, field: string): readonly Annotation[];
  /**
   * Type identifier of an expression in a body: locals, parameters, globals, fields, casts, context accessors,
   * CONTAINING_RECORD and return types of prototypes are followed; undefined where a step is unknown. Pointers are not told from what they lead to.
   */
  typeOfExpression?(unit: FunctionUnit, node: NodeId): string | undefined;
}
