import { rootMessage, UserError } from '../../../kernel/errors.ts';
import type { Fields } from '../../../target/file/schema.ts';
import { fillText } from '../../../target/file/template.ts';
import type { ShopMeans } from '../shop-means.ts';
import { bindSql } from '../sql-statement.ts';
import { asFields } from './fields.ts';
import { lookUp } from './lookup.ts';

interface SqlStep {
  sql: string;
  database?: string;
}

/** Executes the statement of a step. Its first row gives the fields. */
export async function performSqlStep(
  step: SqlStep,
  fields: Fields,
  place: string,
  means: ShopMeans,
): Promise<Fields> {
  const [row] = await queryRows(step, fields, place, means);
  return row ?? {};
}

/**
 * Executes a statement whose placeholders become parameters, and answers with its rows.
 *
 * @throws UserError when there is no database, or the statement fails
 */
export async function queryRows(
  { sql, database }: SqlStep,
  fields: Fields,
  place: string,
  { file, secrets, databases, signal }: ShopMeans,
): Promise<Fields[]> {
  const fieldOf = lookUp(fields, secrets, place);
  const connection = database ?? file.evidence.database;
  if (connection === undefined) {
    throw UserError.usage(`${place} of the target file has SQL and no database`, {
      why: 'neither it nor `evidence` names one',
      next: 'add under evidence: database: "{env.SHOP_DATABASE_URL}"',
    });
  }
  const { text, values } = bindSql(sql, fieldOf);
  const databaseUrl = fillText(connection, fieldOf);
  secrets.hidePasswordOf(databaseUrl);
  try {
    const { rows } = await databases.query(databaseUrl, text, values);
    return rows.map((row) => asFields(row, place));
  } catch (cause) {
    signal.throwIfAborted();
    throw UserError.environment(`${place} of the target file: the statement failed`, {
      why: secrets.scrub(`${rootMessage(cause)} (${oneLineOf(text)})`),
      next: 'mend the statement, or correct the database',
    });
  }
}

const oneLineOf = (statement: string): string =>
  statement.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
