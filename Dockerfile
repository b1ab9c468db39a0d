# Two stages: build the static binary, then nothing but the binary, a non-root
# user, a volume for the data and one for the keys that it is sealed with.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /cohort ./cmd/cohort && mkdir -p /data /keys

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /cohort /cohort
COPY --from=build --chown=65532:65532 /data /data
COPY --from=build --chown=65532:65532 /keys /keys
USER 65532:65532
ENV COHORT_DATA=/data COHORT_AGE_KEY=/keys/age.key COHORT_LISTEN=0.0.0.0:2222
VOLUME /data /keys
EXPOSE 2222
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["/cohort", "health"]
ENTRYPOINT ["/cohort"]
CMD ["serve"]
