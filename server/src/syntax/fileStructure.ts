/**
 * What the structure pass finds in one file: bodies, declarations, types, macros, annotations, `#if` groups.
 * Plain data with UTF-16 offsets (ends exclusive); no meaning is attached here (a role type is just a type name).
 */
import type { Atom } from './atoms.ts';
import type { Conditionals } from './conditionals.ts';
import type { Directive } from './directives.ts';
import type { BodyIr } from './ir.ts';

/** A half-open range of tokens of the same file. */
export interface TokenRange {
  readonly from: number;
  readonly to: number;
}

/** A range of text, UTF-16 offsets, end exclusive. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** The tokens of a file in typed arrays. Comments, white space and line continuations are not tokens. */
export interface TokenTable {
  readonly count: number;
  /** see TokenKind in tokenizer.ts */
  readonly kind: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** identifier, operator or literal spelling */
  readonly atom: Int32Array;
}

/**
 * An annotation or specifier as written: `_IRQL_requires_max_(DISPATCH_LEVEL)`, `__drv_maxIRQL(...)`, `_Requires_lock_held_(x)`,
 * `_Function_class_(F)`, `_When_(cond, annotations)`, `_Use_decl_annotations_`, `__declspec(code_seg("PAGE"))`, PAGED_CODE_SEG ...
 * Names begin with `_` or `__drv_`/`__`, or are known specifier macros. Recorded with its text, never interpreted here.
 */
export interface Annotation extends TextRange {
  readonly name: string;
  /** the text between the outer parentheses, comments and line breaks folded to single spaces; undefined without parentheses */
  readonly args?: string;
}

/** One parameter of a function or of a function type. */
export interface ParameterDecl extends TextRange {
  /** '' when unnamed */
  readonly name: Atom;
  /** the type as written without annotations and qualifiers, single spaces, e.g. "PDEVICE_OBJECT", "KIRQL *" */
  readonly type: string;
  readonly annotations: readonly Annotation[];
}

/** What a definition and a prototype have in common. The range is that of the whole declaration, through `}` or `;`. */
export interface FunctionHead extends TextRange {
  /** last part of the name */
  readonly name: Atom;
  /** class or namespace path before the name, e.g. "CAdapter", '' at file scope; members defined inside a class carry it too */
  readonly scope: string;
  readonly nameRange: TextRange;
  /** as written without annotations and specifiers */
  readonly returnType: string;
  readonly params: readonly ParameterDecl[];
  /** annotations before the name and after the parameter list, in source order */
  readonly annotations: readonly Annotation[];
  readonly isStatic: boolean;
  readonly isInline: boolean;
  /** section named in the head (`__declspec(code_seg("PAGE"))`, CODE_SEG("PAGE"), PAGED_CODE_SEG, #pragma code_seg in force), else '' */
  readonly codeSegment: string;
  /** enclosing `#if` condition texts, outermost first */
  readonly conditions: readonly string[];
}

/** A function body found by the structure pass. */
export interface FunctionDefinition extends FunctionHead {
  /** tokens from `{` to `}` inclusive */
  readonly bodyTokens: TokenRange;
  readonly bodyRange: TextRange;
  /** Hash of head and body tokens (and of nothing else): equal hash, equal parse under the same macro environment. */
  readonly hash: number;
  /** Hash of the tokens' places relative to the head: with `hash` and this equal, an old IR is right after shifting its offsets. */
  readonly layoutHash: number;
}

/** A prototype: `NTSTATUS Foo(...);`. */
export type FunctionPrototype = FunctionHead;

/** `DRIVER_DISPATCH Foo;` / `static KDEFERRED_ROUTINE Foo, Bar;` - a declaration of a name by a type identifier alone (no initialiser, no pointer). May be a role declaration or a plain variable: who knows the type decides. */
export interface TypedDeclaration extends TextRange {
  readonly name: Atom;
  readonly nameRange: TextRange;
  readonly typeName: Atom;
  readonly annotations: readonly Annotation[];
  readonly isStatic: boolean;
}

/** A global or file-scope variable with its initialiser, or `extern` without. */
export interface GlobalVariable extends TextRange {
  readonly name: Atom;
  readonly nameRange: TextRange;
  /** last type identifier, e.g. FLT_OPERATION_REGISTRATION */
  readonly typeName: Atom;
  readonly isPointer: boolean;
  readonly isArray: boolean;
  readonly isStatic: boolean;
  readonly annotations: readonly Annotation[];
  /** the initialiser parsed as an expression (node 0 is an InitList or other expression), when there is one; parsed lazily by `parseInitializer` */
  readonly initializerTokens?: TokenRange;
  /** `#pragma data_seg`/`__declspec(allocate)` section in force, else '' */
  readonly dataSegment: string;
}

export interface StructField {
  readonly name: Atom;
  /** last type identifier, e.g. KSPIN_LOCK, PDRIVER_DISPATCH; for a function pointer field written out `VOID (*Foo)(...)`: atom of '' with isFunctionPointer */
  readonly typeName: Atom;
  readonly pointerDepth: number;
  readonly isArray: boolean;
  readonly isFunctionPointer: boolean;
  readonly annotations: readonly Annotation[];
  readonly range: TextRange;
}

/** struct / union / class with fields; anonymous inner structs and unions are flattened into their parent, named inner ones appear as their own entry too. */
export interface StructType extends TextRange {
  /** tag, or '' */
  readonly tag: Atom;
  /** typedef names of the struct itself */
  readonly names: readonly Atom[];
  /** typedef names of pointers to it, e.g. PDEVICE_EXTENSION */
  readonly pointerNames: readonly Atom[];
  /** C++ base classes, last identifiers */
  readonly bases: readonly Atom[];
  readonly fields: readonly StructField[];
}

/** A typedef that is not a struct: `typedef FOO *PFOO`, `typedef ULONG X`, function types and function pointer types with their annotations. */
export interface TypeAlias extends TextRange {
  readonly name: Atom;
  /** last identifier of the aliased type; the return type for function types */
  readonly target: Atom;
  readonly pointerDepth: number;
  readonly isFunctionType: boolean;
  readonly isFunctionPointer: boolean;
  readonly params: readonly ParameterDecl[];
  readonly annotations: readonly Annotation[];
}

export interface MacroDefinition extends TextRange {
  readonly name: Atom;
  /** undefined for object-like macros; '...' appears as the atom of '__VA_ARGS__' */
  readonly params?: readonly Atom[];
  /** the last parameter is `...` or `name...` and takes all further arguments */
  readonly isVariadic?: boolean;
  /** replacement tokens in the file's `directiveTokens` */
  readonly body: TokenRange;
  readonly conditions: readonly string[];
}

export interface IncludeDirective extends TextRange {
  /** as written between the quotes or angle brackets, backslashes kept */
  readonly path: string;
  readonly isAngled: boolean;
}

/** Pragmas that matter: alloc_text, code_seg, data_seg, warning, prefast. */
export interface PragmaDirective extends TextRange {
  /** first word, lower case: 'alloc_text' | 'code_seg' | 'const_seg' | 'data_seg' | 'warning' | 'prefast' | ... */
  readonly name: string;
  /** the rest of the line, folded */
  readonly args: string;
}

/** A comment that may suppress: `irql-lens-ignore ...` (the text after the marker, trimmed). */
export interface SuppressionComment extends TextRange {
  readonly text: string;
}

/** A brace, bracket or declaration-level place that could not be understood. */
export interface StructureProblem {
  readonly offset: number;
  readonly reason: string;
}

/** Everything known of one file before any body is parsed. */
export interface FileStructure {
  readonly tokens: TokenTable;
  /** the tokens of the preprocessor lines; macro bodies are ranges of it */
  readonly directiveTokens: TokenTable;
  /** all preprocessor lines in source order; a Directive token's atom is an index into it */
  readonly directives: readonly Directive[];
  /** how the conditional lines are grouped */
  readonly conditionals: Conditionals;
  /** by directive: 1 where the structure pass read the branch that the directive opens */
  readonly keptBranches: Uint8Array;
  readonly functions: readonly FunctionDefinition[];
  readonly prototypes: readonly FunctionPrototype[];
  readonly typedDeclarations: readonly TypedDeclaration[];
  readonly globals: readonly GlobalVariable[];
  readonly structs: readonly StructType[];
  readonly aliases: readonly TypeAlias[];
  readonly macros: readonly MacroDefinition[];
  readonly includes: readonly IncludeDirective[];
  readonly pragmas: readonly PragmaDirective[];
  readonly suppressions: readonly SuppressionComment[];
  readonly problems: readonly StructureProblem[];
  /** bodies that exist in the text but could not be delimited or attributed; each is reported by the CLI in functionsSkipped */
  readonly skipped: readonly StructureProblem[];
}

/** A function's body with the head it belongs to. */
export interface ParsedFunction {
  readonly head: FunctionDefinition;
  readonly ir: BodyIr;
}
