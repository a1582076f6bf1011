# Sets FLASHSALE_TARGET and FLASHSALE_ADMIN_TOKEN for whoever includes it, by a login of the administrator ADMIN_USERNAME.
#
# TARGET_NAME instead of FLASHSALE_TARGET is a name whose addresses are the instances: each is a target of its own, because
# the verdict reads the metrics of every instance. All INSTANCES of them have to be there before: whoever comes later is not
# judged.
if [ -n "${TARGET_NAME:-}" ]; then
  FLASHSALE_TARGET=$(node --input-type=module -e '
    import { lookup } from "node:dns/promises";
    const { TARGET_NAME, INSTANCES = "1" } = process.env;
    for (;;) {
      const found = await lookup(TARGET_NAME, { all: true, family: 4 }).catch(() => []);
      if (found.length >= Number(INSTANCES)) {
        console.log(found.map(({ address }) => `http://${address}:3000`).sort().join(","));
        break;
      }
      console.error(`${found.length} of ${INSTANCES} instances are ready`);
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }')
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
