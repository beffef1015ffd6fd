// Lint rules of the whole repository. The floors and what the core must do without come from scripts/floors.mjs;
// types are checked with typescript-eslint's strict set. Everything is an error or off.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';
import { floors, impureGlobals } from './scripts/floors.mjs';
import { floorRule } from './scripts/lint/floorRule.mjs';
import { headerRule } from './scripts/lint/headerRule.mjs';

const root = path.dirname(fileURLToPath(import.meta.url));
const house = { rules: { floors: floorRule, header: headerRule } };

/** The file patterns of the floors in one world. */
function filesOf(worlds) {
  return floors
    .filter((floor) => worlds.includes(floor.world))
    .map((floor) => (floor.path.includes('*') ? floor.path : `${floor.path}/**/*.ts`));
}

const noSkippedTests = ['skip', 'only', 'todo', 'skipIf', 'runIf', 'fails'].map((word) => ({
  selector: `MemberExpression[property.name='${word}']:matches([object.name=/^(it|test|describe|suite)$/], [object.object.name=/^(it|test|describe|suite)$/])`,
  message: `no test is left out: pin a wrong answer with a test named FP_ or FN_ instead of .${word}`,
}));

const dialect = [
  { selector: 'ExportDefaultDeclaration', message: 'no default exports: name the thing' },
  {
    selector: 'ImportDeclaration[source.value=/^\\.(?!.*\\.(ts|json|mjs|css)$)/]',
    message: 'relative imports carry their extension',
  },
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/out/**',
      '**/node_modules/**',
      'test-output/**',
      'coverage/**',
      'examples/**',
      'test/fixtures/**',
      '**/*.generated.ts',
      '**/*.d.ts',
      '**/*.d.mts',
    ],
  },
  {
    files: ['**/*.ts', '*.mts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.mts'] }, tsconfigRootDir: root },
    },
    plugins: { house },
    rules: {
      'house/floors': ['error', root],
      'house/header': 'error',
      'no-restricted-syntax': ['error', ...dialect, ...noSkippedTests],
      'max-lines': ['error', 600],
      'max-lines-per-function': ['error', { max: 80, skipComments: true, skipBlankLines: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Numbers in a message are what a message is for.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // There are no classes with state to lose: records of functions are the habit here.
      '@typescript-eslint/unbound-method': 'off',
      // With noUncheckedIndexedAccess every read of a typed array would need a branch that cannot be taken.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `while (true)` with a return inside is how a lexer reads.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'always' }],
      // Source text is read by UTF-16 units on purpose.
      '@typescript-eslint/no-misused-spread': 'off',
      // Branded numbers (Offset, Cycles) are the same type to this rule only.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  {
    files: filesOf(['pure']),
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals.map(([name, message]) => ({ name, message }))],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'chance comes from base/rng.ts with a seed' },
        { object: 'Date', property: 'now', message: 'the core has no clock: take the time as an argument' },
      ],
    },
  },
  {
    // Tables of data are as long as what they list.
    files: ['server/src/ddi/data/**/*.ts', '**/*.data.ts', 'server/src/engine/profiles/**/*.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      'house/header': 'off',
      // A test may look into what it knows to be there.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    // Configuration files are asked for a default export by their tools.
    files: ['*.config.mts', '*.config.mjs', 'test/harness/reporter.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-restricted-syntax': ['error', ...noSkippedTests] },
  },
  {
    files: ['scripts/**/*.mjs', '*.mjs'],
    plugins: { house },
    rules: {
      'house/header': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-undef': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      'no-var': 'error',
      'max-lines': ['error', 600],
      'max-lines-per-function': ['error', { max: 80, skipComments: true, skipBlankLines: true }],
    },
  },
);
