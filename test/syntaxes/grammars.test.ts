import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';
import { namePattern } from '../../scripts/facts/nameTrie.ts';

const injected = ['sal', 'irql', 'ddi'].map((name) => ({ scope: `irql-lens.${name}.injection`, file: `${name}.tmLanguage.json` }));

/** A host language that knows comments, strings and nothing else. */
const host = {
  scopeName: 'source.c',
  patterns: [
    { name: 'comment.line.c', match: '//.*$' },
    { name: 'comment.block.c', begin: '/\\*', end: '\\*/' },
    { name: 'string.quoted.double.c', begin: '"', end: '"', patterns: [{ match: '\\\\.' }] },
  ],
};

let grammar: textmate.IGrammar;

beforeAll(async () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: (scope) => {
      const file = injected.find((one) => one.scope === scope)?.file;
      if (file === undefined) return Promise.resolve(textmate.parseRawGrammar(JSON.stringify(host), 'host.json'));
      const text = readFileSync(new URL(`../../syntaxes/${file}`, import.meta.url), 'utf8');
      return Promise.resolve(textmate.parseRawGrammar(text, file));
    },
    getInjections: (scope) => (scope === 'source.c' ? injected.map((one) => one.scope) : undefined),
  });
  const loaded = await registry.loadGrammar('source.c');
  if (loaded === null) throw new Error('no grammar');
  grammar = loaded;
});

/** `text → innermost scope of ours` for every token that has one. */
function tokens(source: string): string[] {
  let stack = textmate.INITIAL;
  return source.split('\n').flatMap((line) => {
    const result = grammar.tokenizeLine(line, stack);
    stack = result.ruleStack;
    return result.tokens.flatMap(({ startIndex, endIndex, scopes }) => {
      const text = line.slice(startIndex, endIndex).trim();
      const scope = scopes.at(-1) ?? '';
      return text !== '' && scope.endsWith('.irql-lens') && !scope.startsWith('meta.') ? [`${text} → ${scope.replace('.irql-lens', '')}`] : [];
    });
  });
}

describe('SAL annotations', () => {
  it('colours names, levels, conditions and lock expressions', () => {
    expect(tokens('_When_(Wait == 0, _IRQL_requires_max_(DISPATCH_LEVEL))')).toEqual([
      '_When_ → storage.modifier.annotation.sal',
      '( → punctuation.section.annotation.begin',
      'Wait → variable.other',
      '== → keyword.operator',
      '0 → constant.numeric',
      '_IRQL_requires_max_ → storage.modifier.annotation.sal',
      '( → punctuation.section.annotation.begin',
      'DISPATCH_LEVEL → constant.language.irql',
      ') → punctuation.section.annotation.end',
      ') → punctuation.section.annotation.end',
    ]);
  });

  it('knows the older spelling and annotations without parentheses', () => {
    expect(tokens('__drv_sameIRQL _Use_decl_annotations_ _In_opt_ x')).toEqual([
      '__drv_sameIRQL → storage.modifier.annotation.sal',
      '_Use_decl_annotations_ → storage.modifier.annotation.sal',
      '_In_opt_ → storage.modifier.annotation.sal',
    ]);
  });

  it('spans lines and ends at its own parenthesis', () => {
    const found = tokens('_Acquires_lock_(\n  (p->Lock)\n)\nreturn x;');
    expect(found[0]).toBe('_Acquires_lock_ → storage.modifier.annotation.sal');
    expect(found.at(-1)).toBe(') → punctuation.section.annotation.end');
    expect(found).not.toContain('return → keyword.control.return');
  });

  it.each(['// _IRQL_requires_(PASSIVE_LEVEL)', '/* KeAcquireSpinLock(a) */', '"DISPATCH_LEVEL"', 'x_IRQL_requires_max_y', 'MyDISPATCH_LEVEL'])('leaves %s alone', (line) => {
    expect(tokens(line)).toEqual([]);
  });
});

describe('routines, levels and roles', () => {
  it.each([
    ['KeRaiseIrql(APC_LEVEL, &old);', ['KeRaiseIrql → support.function.irql', 'APC_LEVEL → constant.language.irql']],
    ['KeAcquireSpinLockAtDpcLevel (&a);', ['KeAcquireSpinLockAtDpcLevel → support.function.lock']],
    ['KeAcquireSpinLock(&a, &b);', ['KeAcquireSpinLock → support.function.lock']],
    ['IoCallDriver(a, b);', ['IoCallDriver → support.function.kernel']],
    ['WdfRequestComplete(a, b);', ['WdfRequestComplete → support.function.kernel']],
    ['KDEFERRED_ROUTINE OnDpc;', ['KDEFERRED_ROUTINE → support.type.role']],
    ['PDRIVER_DISPATCH Foo;', ['PDRIVER_DISPATCH → support.type.role']],
    ['KIRQL old; PKIRQL p;', ['KIRQL → support.type.irql', 'PKIRQL → support.type.irql']],
    ['KeAcquireSpinLockX(a);', []],
    ['x = KeGetCurrentIrql;', []],
  ])('%s', (line, expected) => {
    expect(tokens(line)).toEqual(expected);
  });

  it('stays fast: 5,000 lines within four seconds, on a busy machine too', () => {
    const line = 'KeAcquireSpinLock(&DevExt->Lock, &OldIrql); Status = IoCallDriver(DevExt->Lower, Irp); SomethingElse(Irp, KDEFERRED);';
    const start = performance.now();
    let stack = textmate.INITIAL;
    for (let i = 0; i < 5000; i++) stack = grammar.tokenizeLine(line, stack).ruleStack;
    expect(performance.now() - start).toBeLessThan(4000);
  });
});

describe('the pattern of many names', () => {
  it('matches the names and nothing else', () => {
    const name = fc.stringMatching(/^[A-D_]{1,6}$/);
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 30 }), name, (names, other) => {
        const pattern = new RegExp(`^(?:${namePattern(names)})$`);
        for (const one of names) expect(pattern.test(one)).toBe(true);
        expect(pattern.test(other)).toBe(names.includes(other));
      }),
    );
  });
});
