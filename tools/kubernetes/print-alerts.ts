/** The alerts for Kubernetes, as `npm run alerts` writes them. */
export const ALERTS_FILE = 'deploy/k8s/overlays/production/alerts.yaml';

/** The alerts that Prometheus reads from a file; the operator of Prometheus wants them in a resource of its own. */
export const RULES_FILE = 'grafana/prometheus/rules.yml';

/** Puts the text of a file of rules into the resource that the operator of Prometheus reads. */
export function printAlerts(rules: string): string {
  const head = `# Made by npm run alerts from ${RULES_FILE}, for a cluster with the operator of Prometheus.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: flashsale }
spec:
`;
  return head + rules.replaceAll(/^(?=.)/gm, '  ');
}
