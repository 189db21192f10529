FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without the dev dependencies, and so without the package `node`: the image's own runs streakd. Nothing needs building.
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY gen gen
COPY src src
# A new volume takes its owner from the folder that it covers.
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "--disable-warning=ExperimentalWarning", "src/health-check.ts"]
# Not through npm, which would not hand on the signal that stops it.
CMD ["node", "--disable-warning=ExperimentalWarning", "src/main.ts"]
