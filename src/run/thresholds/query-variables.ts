/** Facts of the run that a query may name, with `$__` before the name. */
export type QueryVariables = Partial<Record<'range' | 'sku', string>>;

export const VARIABLE = /\$__(\w+)/g;

/** Puts the variables' values into a query; a variable without a value stays as it is written. */
export function fillIn(query: string, variables: QueryVariables): string {
  return query.replaceAll(
    VARIABLE,
    (text, name: string) => variables[name as keyof QueryVariables] ?? text,
  );
}
