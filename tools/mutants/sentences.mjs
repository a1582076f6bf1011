/**
 * Leaves sentences for people as they are: texts in which a word stands beside a space. No verdict rests on them, and tests
 * that repeat every word would only hinder better wording. Keys, codes and names have no such space.
 */
const isSentence = (text) => /[a-z,;:]\s|\s[a-z(]/i.test(text);

const textsOf = (node) => {
  if (node.type === 'StringLiteral') return [node.value];
  if (node.type === 'TemplateLiteral') return node.quasis.map(({ value }) => value.raw);
  return [];
};

/** A plugin of StrykerJS of the kind that leaves code out. */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'sentences',
    value: {
      shouldIgnore: ({ node }) => (textsOf(node).some(isSentence) ? 'a sentence' : undefined),
    },
  },
];
