FROM node:24-bookworm-slim AS node

FROM node AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without the optional dependencies, which bring Node: the image's own runs streakd. Without the workspaces, which
# bring Vite. Then without what only developers of the packages read; licences stay.
RUN npm ci --omit=dev --omit=optional --workspaces=false --ignore-scripts \
  && find node_modules -depth \( -name '*.map' -o -name '*.ts' -o -name '*.cts' -o -name '*.mts' -o -name .bin \
  -o -type d \( -name test -o -name tests -o -name docs -o -name examples -o -name benchmarks -o -name .github -o -name @types \) \) \
  -exec rm -r {} +
RUN mkdir /data /backups

# The files for browsers, with Vite and what the pages are made of.
FROM node AS browser
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json ./
COPY gen gen
COPY src src
COPY packages packages
COPY tools/packages tools/packages
RUN npm ci --workspace=@streakd/widget --workspace=@streakd/dashboard --workspace=@streakd/reference \
    --ignore-scripts \
  && node tools/packages/build.mjs

# No npm, no yarn, no compiler: the system that Node's own image is made from, and Node.
FROM debian:bookworm-slim
ARG VERSION=unknown REVISION=unknown CREATED=unknown
LABEL org.opencontainers.image.title="streakd" \
  org.opencontainers.image.description="A self-hosted streak service" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION" \
  org.opencontainers.image.created="$CREATED"
# SQLite puts the files of large sorts beside the data: all else may be read-only.
ENV NODE_ENV=production DATA_DIR=/data SQLITE_TMPDIR=/data
WORKDIR /app
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY bin bin
COPY gen gen
COPY src src
COPY --from=browser /app/packages/web/dist packages/web/dist
COPY --from=browser /app/packages/widget/dist packages/widget/dist
COPY --from=browser /app/packages/dashboard/dist packages/dashboard/dist
COPY --from=browser /app/packages/reference/dist packages/reference/dist
# A new volume takes its owner from the folder that it covers. The number is that of the user `node` in Node's image.
COPY --from=dependencies --chown=1000:1000 /data /data
COPY --from=dependencies --chown=1000:1000 /backups /backups
USER 1000:1000
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "bin/streakd.cjs", "health"]
# Not through npm, which would not hand on the signal that stops it. What is named after the image is a command or a flag
# of streakd.
ENTRYPOINT ["node", "--", "bin/streakd.cjs"]
