# heard in an image of its own: one static binary, no shell, no root.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /heard ./cmd/heard && mkdir /kept

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /heard /heard
COPY --from=build --chown=65532:65532 /kept /var/lib/heard
VOLUME /var/lib/heard
USER 65532:65532
EXPOSE 8080
ENV HEARD_LISTEN=0.0.0.0:8080 HEARD_CONFIG=/etc/heard/heard.yaml HEARD_FILES=/var/lib/heard/files TMPDIR=/var/lib/heard
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/heard", "health"]
ENTRYPOINT ["/heard"]
CMD ["serve"]
