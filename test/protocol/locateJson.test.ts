import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { locateJson, offsetOfSyntaxError } from '../../server/src/protocol/locateJson.ts';

const text =
  '{\n  "version": 1,\n  "effects": [ {"name": "a\\"]"}, {"lockArg": -1, "args": ["x", [true, null]]} ]\n}\n';

function at(pointer: string, source = text): string {
  const { start, end } = locateJson(source, pointer);
  return source.slice(start, end);
}

describe('places in JSON', () => {
  it.each([
    ['/version', '1'],
    ['/effects/0/name', '"a\\"]"'],
    ['/effects/1/lockArg', '-1'],
    ['/effects/1/args/1/0', 'true'],
    ['/effects/1', '{"lockArg": -1, "args": ["x", [true, null]]}'],
    // What is not there is shown at what holds it.
    ['/effects/0/op', '{"name": "a\\"]"}'],
    ['/effects/7', '[ {"name": "a\\"]"}, {"lockArg": -1, "args": ["x", [true, null]]} ]'],
  ])('%s', (pointer, value) => {
    expect(at(pointer)).toBe(value);
  });

  it('gives the whole value for the empty pointer', () => {
    expect(at('')).toBe(text.trim());
    expect(at('/version', '\uFEFF{"version":2}')).toBe('2');
  });

  it('finds every value of any document', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.boolean(), (value, isPretty) => {
        const source = JSON.stringify(value, null, isPretty ? 2 : 0);
        const visit = (part: unknown, pointer: string): void => {
          const found = JSON.parse(at(pointer, source));
          expect(JSON.stringify(found)).toBe(JSON.stringify(part));
          if (typeof part !== 'object' || part === null) return;
          for (const [key, child] of Object.entries(part))
            if (!key.includes('/')) visit(child, `${pointer}/${key}`);
        };
        visit(value, '');
      }),
    );
  });

  it('ends on broken text', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"', '1', '\\', ' ');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const source = pieces.join('');
        const { start, end } = locateJson(source, '/a/0/a');
        expect(start).toBeLessThanOrEqual(end);
        expect(end).toBeLessThanOrEqual(source.length);
      }),
    );
  });

  it('reads where JSON.parse stopped', () => {
    expect(offsetOfSyntaxError('Unexpected token } in JSON at position 17')).toBe(17);
    expect(offsetOfSyntaxError('Unexpected end of JSON input')).toBeUndefined();
  });
});
