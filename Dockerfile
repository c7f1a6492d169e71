FROM golang:1.26-alpine AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG BUILD_VERSION
ARG TARGETARCH
RUN CGO_ENABLED=0 GOARCH="${TARGETARCH}" go build -buildvcs=false -trimpath \
      -ldflags "-s -w -X main.version=${BUILD_VERSION}" -o /out/evcc-discovery .

# The certificates are for brokers whose certificate a public authority signed; time zones are in the program.
FROM scratch AS final
ARG BUILD_VERSION
LABEL io.hass.type="app" io.hass.version="${BUILD_VERSION}" org.opencontainers.image.title="evcc-discovery" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/evcc-discovery /evcc-discovery
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["/evcc-discovery","healthcheck"]
ENTRYPOINT ["/evcc-discovery"]
