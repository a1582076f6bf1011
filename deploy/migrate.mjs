// Brings the database to the version of this image, and ends. It is the step of a release that may take long: the servers do
// the same when they start, but a server that takes too long to start is killed.
import { migrate } from '../dist/server/platform/migrate.js';

const { DATABASE_SESSION_URL, DATABASE_URL } = process.env;
await migrate(DATABASE_SESSION_URL || DATABASE_URL);
