#!/bin/sh
# Fires the scenario SCENARIO at FLASHSALE_TARGET, as the administrator ADMIN_USERNAME. More flags of `run` may follow.
#
# TARGET_NAME instead of FLASHSALE_TARGET is a name whose addresses are the instances: each is a target of its own, because
# the verdict reads the metrics of every instance.
set -eu
if [ -n "${TARGET_NAME:-}" ]; then
  FLASHSALE_TARGET=$(node --input-type=module -e '
    import { lookup } from "node:dns/promises";
    const instances = await lookup(process.env.TARGET_NAME, { all: true, family: 4 });
    console.log(instances.map(({ address }) => `http://${address}:3000`).sort().join(","));')
  export FLASHSALE_TARGET
fi
FLASHSALE_ADMIN_TOKEN=$(node --input-type=module -e '
  const { FLASHSALE_TARGET, ADMIN_USERNAME: username, ADMIN_PASSWORD: password } = process.env;
  const answer = await fetch(`${FLASHSALE_TARGET.split(",")[0]}/api/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username, password }),
  });
  if (!answer.ok) throw new Error(`the login answered ${answer.status}`);
  console.log((await answer.json()).token);')
export FLASHSALE_ADMIN_TOKEN
exec flashsale-cli run "$SCENARIO" ${METRICS_WRITE_URL:+--out "prometheus-rw=$METRICS_WRITE_URL"} "$@"
