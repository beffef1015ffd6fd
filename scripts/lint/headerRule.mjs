// ESLint rule `house/header`: a source file begins with a comment that says what it is.
// It does not judge the words.

/** The rule; it has no options. */
export const headerRule = {
  meta: {
    type: 'suggestion',
    docs: { description: 'a file begins with a comment that says what it is' },
    schema: [],
    messages: {
      header: 'begin the file with a comment of 1-6 lines: what it is, what it deliberately does not do',
    },
  },
  create(context) {
    return {
      Program(node) {
        const [first] = context.sourceCode.getAllComments();
        const statement = node.body[0];
        if (statement === undefined) return;
        if (first === undefined || first.range[0] > statement.range[0])
          context.report({ node: statement, messageId: 'header' });
      },
    };
  },
};
