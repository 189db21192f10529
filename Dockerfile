FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without the optional dependencies, which bring Node: the image's own runs streakd. Nothing needs building.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY bin bin
COPY gen gen
COPY src src
# A new volume takes its owner from the folder that it covers.
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "bin/streakd.cjs", "health"]
# Not through npm, which would not hand on the signal that stops it. What is named after the image is a command or a flag
# of streakd.
ENTRYPOINT ["node", "--", "bin/streakd.cjs"]
