#!/bin/sh
# Fires the scenario SCENARIO at FLASHSALE_TARGET, as the administrator ADMIN_USERNAME.
set -eu
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
exec flashsale-cli run "$SCENARIO"
