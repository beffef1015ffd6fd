/** Access paths: steps, addresses, substitution, mentions. */
import { describe, expect, it } from 'vitest';
import {
  addressPath,
  derefPath,
  fieldPath,
  indexPath,
  isVisibleOutside,
  mentions,
  parameterOf,
  replaceRoot,
  rootOf,
} from '../../../server/src/analysis/locks/accessPath.ts';

describe('access paths', () => {
  it('cancels address and dereference', () => {
    expect(derefPath('&p0*.Lock')).toBe('p0*.Lock');
    expect(addressPath(derefPath('p1'))).toBe('p1');
    expect(addressPath('l:x')).toBe('&l:x');
    expect(fieldPath(derefPath('p0'), 'Lock')).toBe('p0*.Lock');
    expect(indexPath('&g:Locks', '3')).toBe('g:Locks[3]');
  });

  it('finds roots and parameters', () => {
    expect(rootOf('&p12*.A.B')).toBe('p12');
    expect(parameterOf('p12*.A')).toBe(12);
    expect(parameterOf('pool*.A')).toBe(-1);
    expect(rootOf('this*.m_Lock')).toBe('this');
    expect(isVisibleOutside('l:x*.Lock')).toBe(false);
    expect(isVisibleOutside('g:Locks[l:i]')).toBe(false);
  });

  it('substitutes arguments for parameters', () => {
    expect(replaceRoot('p0*', 'p0', '&l:ext*.Lock')).toBe('l:ext*.Lock');
    expect(replaceRoot('p0*.Lock', 'p0', 'p1*.Next')).toBe('p1*.Next*.Lock');
    expect(replaceRoot('p0*#irql', 'p0', '&l:handle')).toBe('l:handle#irql');
    expect(replaceRoot('&p0*.Lock', 'p0', '&g:Ext')).toBe('&g:Ext.Lock');
    expect(replaceRoot('p0*', 'p0', '')).toBe('');
  });

  it('knows what a path speaks of', () => {
    expect(mentions('l:ext*.Lock', 'l:ext')).toBe(true);
    expect(mentions('l:ext2*.Lock', 'l:ext')).toBe(false);
    expect(mentions('g:Locks[l:i]', 'l:i')).toBe(true);
    expect(mentions('e:({l:flags}&4)', 'l:flags')).toBe(true);
    expect(mentions('p0*.Locker', 'p0*.Lock')).toBe(false);
  });
});
