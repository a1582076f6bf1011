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

/**
 * True for the empty text that stands for an id which a call does not name: `orderById.get(order ?? '')`, `{ hold = '' }`.
 * Nothing has it for its id, and nothing is called as StrykerJS would call it instead.
 */
const isNoId = ({ node, parent }) =>
  node.type === 'StringLiteral' &&
  node.value === '' &&
  ((parent.type === 'LogicalExpression' && parent.operator === '??') ||
    parent.type === 'AssignmentPattern');

function reasonToLeave(path) {
  if (textsOf(path.node).some(isSentence)) return 'a sentence';
  return isNoId(path) ? 'no id' : undefined;
}

/** A plugin of StrykerJS of the kind that leaves code out. */
export const strykerPlugins = [
  { kind: 'Ignore', name: 'sentences', value: { shouldIgnore: reasonToLeave } },
];
