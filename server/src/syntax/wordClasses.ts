/**
 * What an identifier means in a declaration: plain name, annotation, specifier. Decided by spelling alone, once per atom,
 * because the headers that define these macros are not there.
 */
import type { Atom, AtomTable } from './atoms.ts';
import { wordSet, seededWords, type SeededWord } from './vocabulary.ts';

/** Classes of words in declarations. */
export const WordClass = {
  Unknown: 0,
  /** a name: of a type, a variable, a function or a macro that we do not know */
  Plain: 1,
  /** SAL 1 or 2 and kin; may carry arguments; recorded */
  Annotation: 2,
  /** a specifier macro that may matter (code segment, declspec); may carry arguments; recorded */
  RecordedSpecifier: 3,
  /** a specifier that never matters (calling convention, IN, FAR, const); dropped, with arguments if it has any */
  Specifier: 4,
  /** a keyword that names a type by itself */
  TypeKeyword: 5,
  /** any other keyword */
  Keyword: 6,
} as const;
export type WordClass = (typeof WordClass)[keyof typeof WordClass];

const salPattern =
  /^(?:_(?=\w*[a-z])[A-Z]\w*_|__(?:drv_|in(?!t|line)|out|inout|deref|success|checkReturn|nullterminated|nullnullterminated|ecount|bcount|control_entrypoint|callback|field|range|kernel|analysis_(?!assume)|maybenull|notnull|reserved|format_string|typefix|struct_bcount|byte_|elem_|possibly|allocator|data_entrypoint|checkreturn|pre|post|opt|refparam|exceptthat|maybe|notvalid|valid|nothrow|prefast)\w*)$/;
const recordedPattern =
  /^(?:_Use_decl_annotations_|(?:__)?DECLSPEC\w*|DECL_\w+|\w*CODE_SEG\w*|\w*PAGED?_?(?:CODE_)?SEG\w*|PAGED?(?:FUNC|X)?_?(?:CODE)?|NONPAGED\w*|INITCODE|PAGEDCODE|LOCKEDCODE)$/;
const specifierPattern =
  /^(?:[A-Z][A-Z0-9_]*API|NDIS_EXPORTED_ROUTINE|[A-Z][A-Z0-9_]*(?:_INLINE|CALLTYPE|_NO_VTABLE)|ATL_NO_VTABLE|NOTHING|ANYSIZE|ALIGNED?_?\w*|DUMMY\w*NAME\d*)$/;

const specifierWords = wordSet(
  'const',
  'volatile',
  'restrict',
  'constexpr',
  'consteval',
  'constinit',
  'mutable',
  'virtual',
  'explicit',
  'register',
  'thread_local',
  'CONST',
  'VOLATILE',
  'EXTERN_C',
  'IN',
  'OUT',
  'OPTIONAL',
  'INOUT',
  'FAR',
  'NEAR',
  'UNALIGNED',
  '__unaligned',
  '__ptr32',
  '__ptr64',
  '__restrict',
  '__w64',
  'RESTRICTED_POINTER',
  'POINTER_32',
  'POINTER_64',
  '_Atomic',
  '__cdecl',
  '_cdecl',
  'cdecl',
  '__stdcall',
  '_stdcall',
  '__fastcall',
  '_fastcall',
  '__thiscall',
  '__vectorcall',
  '__clrcall',
  '__pascal',
  'NTAPI',
  'WINAPI',
  'APIENTRY',
  'CALLBACK',
  'FASTCALL',
  'STDAPICALLTYPE',
  'STDMETHODCALLTYPE',
  'PURE',
  'THIS_',
  'noexcept',
  'override',
  'final',
  'alignas',
  '_Alignas',
  '__pragma',
  '_Pragma',
  'static',
  'extern',
  'inline',
  '__inline',
  '__forceinline',
  '_inline',
  '__inline__',
  'FORCEINLINE',
  'INLINE',
  'CFORCEINLINE',
  'NTINLINE',
  'STATIC',
  'friend',
  'typename',
  '__unused',
  'throw',
  'requires',
);
const recordedWords = wordSet(
  '__declspec',
  '_declspec',
  '__attribute__',
  'CODE_SEG',
  '_Use_decl_annotations_',
);
const typeKeywords = wordSet(
  'void',
  'bool',
  'char',
  'short',
  'int',
  'long',
  'float',
  'double',
  'signed',
  'unsigned',
  '_Bool',
  'wchar_t',
  '__int8',
  '__int16',
  '__int32',
  '__int64',
  '__int128',
  'char8_t',
  'char16_t',
  'char32_t',
  '__wchar_t',
  'size_t',
  '__m128',
  '__m128i',
  'auto',
);
/** Seeded identifiers that are ordinary names in declarations. */
const plainWords = wordSet(
  'except',
  'finally',
  'leave',
  'interface',
  'STDMETHOD',
  'STDMETHOD_',
  'STDMETHODIMP_',
  'STDAPI_',
  'IFACEMETHOD',
  'IFACEMETHOD_',
  'IFACEMETHODIMP_',
  'define',
  'undef',
  'include',
  'pragma',
  'error',
  'warning',
  'line',
  'import',
  'defined',
  'alloc_text',
  'code_seg',
  'data_seg',
  'const_seg',
  'bss_seg',
  'push',
  'pop',
  'allocate',
  'each',
  'in',
  'ref',
  'value',
  'property',
  'event',
  'C_ASSERT',
  'and',
  'or',
  'not',
  'ifdef',
  'ifndef',
  'elif',
  'endif',
  'include_next',
  'elifdef',
  'elifndef',
  '__LINE__',
  '__FILE__',
  '__COUNTER__',
  '__VA_ARGS__',
  'va_arg',
  'FIELD_OFFSET',
  'UFIELD_OFFSET',
  'TYPE_ALIGNMENT',
  'offsetof',
  'concept',
  '__cplusplus',
  '__has_include',
  'asm',
  'EXTERN_C_START',
  'EXTERN_C_END',
  'try',
  'catch',
);

function classOfSeeded(atom: Atom): WordClass {
  if (specifierWords[atom] === 1) return WordClass.Specifier;
  if (recordedWords[atom] === 1) return WordClass.RecordedSpecifier;
  if (typeKeywords[atom] === 1) return WordClass.TypeKeyword;
  return plainWords[atom] === 1 || !isWord(seededWords[atom]!) ? WordClass.Plain : WordClass.Keyword;
}

function isWord(text: SeededWord): boolean {
  return /^\w/.test(text);
}

function classOfText(text: string): WordClass {
  if (salPattern.test(text)) return WordClass.Annotation;
  if (recordedPattern.test(text)) return WordClass.RecordedSpecifier;
  return specifierPattern.test(text) ? WordClass.Specifier : WordClass.Plain;
}

/** The classes of all atoms of one table, filled on demand. */
export class WordClasses {
  readonly #atoms: AtomTable;
  #known = new Uint8Array(1 << 12);
  #typeLike = new Uint8Array(1 << 12);

  constructor(atoms: AtomTable) {
    this.#atoms = atoms;
  }

  of(atom: Atom): WordClass {
    if (atom >= this.#known.length) this.#grow(atom);
    const known = this.#known[atom] as WordClass;
    if (known !== WordClass.Unknown) return known;
    const computed = atom < seededWords.length ? classOfSeeded(atom) : classOfText(this.#atoms.text(atom));
    this.#known[atom] = computed;
    return computed;
  }

  /** True when the spelling looks like a type's by the habits of drivers: ULONG, PVOID, uint32_t. */
  isTypeLike(atom: Atom): boolean {
    if (atom >= this.#typeLike.length) {
      const grown = new Uint8Array(Math.max(atom + 1, this.#typeLike.length * 2));
      grown.set(this.#typeLike);
      this.#typeLike = grown;
    }
    if (this.#typeLike[atom] === 0) {
      const text = this.#atoms.text(atom);
      this.#typeLike[atom] = /^[A-Z_][A-Z0-9_]*$|_t$/.test(text) && text.length > 1 ? 2 : 1;
    }
    return this.#typeLike[atom] === 2;
  }

  #grow(atom: Atom): void {
    const grown = new Uint8Array(Math.max(atom + 1, this.#known.length * 2));
    grown.set(this.#known);
    this.#known = grown;
  }
}

const classesOfTable = new WeakMap<AtomTable, WordClasses>();

/** The word classes that belong to an atom table; made once per table. */
export function wordClassesOf(atoms: AtomTable): WordClasses {
  let classes = classesOfTable.get(atoms);
  if (classes === undefined) {
    classes = new WordClasses(atoms);
    classesOfTable.set(atoms, classes);
  }
  return classes;
}

/** True for a spelling of capitals, digits and underscores: by the habit of drivers a macro or a type. */
export function isShouted(text: string): boolean {
  return /^[A-Z_][A-Z0-9_]*$/.test(text);
}
