#!/bin/sh
# Fires the scenario SCENARIO at FLASHSALE_TARGET, or at the instances of TARGET_NAME, as the administrator ADMIN_USERNAME. More
# flags of `run` may follow.
set -eu
. "$(dirname "$0")/administrator.sh"
exec flashsale-cli run "$SCENARIO" ${METRICS_WRITE_URL:+--out "prometheus-rw=$METRICS_WRITE_URL"} "$@"
