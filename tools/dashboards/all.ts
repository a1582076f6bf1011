import { campaigns } from './campaigns.ts';
import type { Dashboard } from './dashboard.ts';
import { dependencies } from './dependencies.ts';
import { events } from './events.ts';
import { load } from './load.ts';
import { sale } from './sale.ts';

export const dashboards: Dashboard[] = [sale, load, dependencies, events, campaigns];

/** The folder that Grafana reads them from. */
export const DASHBOARDS_FOLDER = 'grafana/dashboards';
