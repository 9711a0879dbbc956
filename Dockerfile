# dudak serve and dudak work in one image: Node, Debian's Chromium, the package. See docs/scale-out.md.
FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci --no-audit --no-fund && npm run models && npm pack --pack-destination /tmp

FROM node:22-bookworm-slim
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    chromium ca-certificates fonts-dejavu-core tini \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /tmp/dudak-*.tgz /tmp/
RUN npm install --global --no-audit --no-fund /tmp/dudak-*.tgz && rm -rf /tmp/dudak-*.tgz /root/.npm \
  && useradd --uid 10001 --create-home dudak && mkdir -p /data && chown dudak: /data
ENV DUDAK_BROWSER=/usr/bin/chromium NODE_ENV=production
USER dudak
WORKDIR /home/dudak
VOLUME ["/data"]
EXPOSE 8787 9090
# tini passes signals on and reaps what browsers leave.
ENTRYPOINT ["/usr/bin/tini", "--", "dudak"]
CMD ["serve", "--host", "0.0.0.0", "--data", "/data", "--ops-port", "9090"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD node -e "fetch('http://127.0.0.1:9090/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
