import { writeFileSync } from 'node:fs';
import { assetPath } from '../../src/kernel/assets.ts';
import { DASHBOARDS_FOLDER, dashboards } from './all.ts';
import { printDashboard } from './print-dashboard.ts';

// Writes the dashboards of Grafana from the metrics catalogues and the panels in this folder.
for (const dashboard of dashboards) {
  const file = `${DASHBOARDS_FOLDER}/${dashboard.name}.json`;
  writeFileSync(assetPath(file), printDashboard(dashboard));
}
