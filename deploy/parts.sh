#!/bin/sh
# One step of a sale that several pods fire together. All of them share the folder /evidence, where the run RUN has its own.
#
#   sale      waits for PARTS parts, puts the scenario SCENARIO on sale for them to begin after START_IN (nothing: each at once),
#             waits for their histories, and judges them
#   part      fires the part JOB_COMPLETION_INDEX, counted from 0, once the sale is on
#   prepare   puts it on for somebody else to fire: k6
set -eu
folder=${EVIDENCE:-/evidence}/$RUN
sale=$folder/sale.json

# Nothing of an earlier run may be taken for this one.
refuse_earlier() {
  [ ! -e "$1" ] && return
  echo "the run $RUN is on the volume already: give RUN another name" >&2
  exit 2
}

wait_for_parts() {
  number=1
  while [ "$number" -le "$PARTS" ]; do
    until [ -e "$folder/part-$number.$1" ]; do sleep 1; done
    number=$((number + 1))
  done
}

prepare() {
  . "$(dirname "$0")/administrator.sh"
  flashsale-cli prepare "$SCENARIO" "$sale" "$@"
}

mkdir -p "$folder"
case $1 in
  sale)
    refuse_earlier "$sale"
    wait_for_parts ready
    start_in=${START_IN-15s}
    prepare ${start_in:+--start-in "$start_in"}
    wait_for_parts done
    flashsale-cli verify "$folder"/part-*.ndjson --junit "$folder/verdict.xml"
    ;;
  part)
    part=$folder/part-$((JOB_COMPLETION_INDEX + 1))
    refuse_earlier "$part.ready"
    : >"$part.ready"
    until [ -e "$sale" ]; do sleep 0.2; done
    code=0
    flashsale-cli run "$SCENARIO" --sale "$sale" --part "$((JOB_COMPLETION_INDEX + 1))/$PARTS" --history "$part.ndjson" ||
      code=$?
    echo "$code" >"$part.done"
    exit "$code"
    ;;
  prepare)
    refuse_earlier "$sale"
    cp -R scenarios "$folder/"
    prepare
    ;;
  *)
    echo "the step $1 is none of sale, part, prepare" >&2
    exit 2
    ;;
esac
