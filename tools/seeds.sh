#!/usr/bin/env bash
# Plays the region failure with twenty seeds in a row; stops with the first one that does not recover.
# Usage: tools/seeds.sh [how many] [speed]
set -euo pipefail
cd "$(dirname "$0")/.."
count=${1:-20}
speed=${2:-60}
for seed in $(seq 1 "$count"); do
  started=$SECONDS
  npx lifeboat simulate chatbot/region-failover --fault region-down:us-east-1 --speed "$speed" --seed "$seed" --json >/dev/null
  echo "seed $seed recovered, $((SECONDS - started)) s"
done
