export { createAdminRoutes as createAdmin } from './routes.ts';
