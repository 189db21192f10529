// Command client calls streakd from Go, with clients and stubs that owe nothing to streakd's own code, over every
// protocol that connect-go and grpc-go speak. It prints one line of JSON for each check; test/polyglot/go.test.ts
// makes a test of each.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	streakv1 "streakd/polyglot/stubs/streak/v1"
	"streakd/polyglot/stubs/streak/v1/streakv1connect"
)

// generous is a deadline that no check comes near, unless the server hangs.
const generous = 30 * time.Second

// client is what connect-go's and grpc-go's clients have in common.
type client struct {
	name        string
	recordEvent func(context.Context, *streakv1.RecordEventRequest) (*streakv1.RecordEventResponse, error)
	getState    func(context.Context, *streakv1.GetStateRequest) (*streakv1.GetStateResponse, error)
	// explain reads the status code of an error, and the details that came with it.
	explain func(error) (codes.Code, []any)
}

// checks are what every client must be able to do, under the names by which the tests know them.
var checks = []struct {
	name string
	run  func(client) error
}{
	{"records an event", recordsAnEvent},
	{"reads the state", readsTheState},
	{"reads the detail of an error", readsTheDetailOfAnError},
	{"keeps a deadline", keepsADeadline},
}

// line is what is printed for a check.
type line struct {
	Client string `json:"client"`
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

func main() {
	url := os.Args[1]
	conn, err := grpc.NewClient(strings.TrimPrefix(url, "http://"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		panic(err)
	}
	out := json.NewEncoder(os.Stdout)
	grpcClients := []client{
		grpcClient("grpc-go", conn),
		grpcClient("grpc-go, gzip", conn, grpc.UseCompressor(gzip.Name)),
	}
	for _, client := range append(connectClients(url), grpcClients...) {
		for _, check := range checks {
			result := line{Client: client.name, Check: check.name, OK: true}
			if err := check.run(client); err != nil {
				result.OK, result.Detail = false, err.Error()
			}
			if err := out.Encode(result); err != nil {
				panic(err)
			}
		}
	}
}

func connectClients(url string) []client {
	http1 := &http.Client{Transport: &http.Transport{Protocols: protocols((*http.Protocols).SetHTTP1)}}
	http2 := &http.Client{Transport: &http.Transport{Protocols: protocols((*http.Protocols).SetUnencryptedHTTP2)}}
	over := func(name string, httpClient *http.Client, options ...connect.ClientOption) client {
		stub := streakv1connect.NewStreakServiceClient(httpClient, url, options...)
		return client{"connect-go, " + name, stub.RecordEvent, stub.GetState, explainConnect}
	}
	return []client{
		over("Connect JSON over HTTP/1.1", http1, connect.WithProtoJSON()),
		over("Connect JSON over HTTP/2", http2, connect.WithProtoJSON()),
		over("Connect JSON over HTTP/1.1, reading with GET", http1, connect.WithProtoJSON(), connect.WithHTTPGet()),
		over("Connect binary over HTTP/1.1", http1),
		over("Connect binary over HTTP/2", http2),
		over("Connect JSON over HTTP/1.1, gzip", http1, connect.WithProtoJSON(), connect.WithSendGzip()),
		over("Connect JSON over HTTP/1.1, gzip, reading with GET", http1, connect.WithProtoJSON(), connect.WithSendGzip(), connect.WithHTTPGet()),
		over("Connect binary over HTTP/2, gzip", http2, connect.WithSendGzip()),
		over("gRPC over HTTP/2, gzip", http2, connect.WithGRPC(), connect.WithSendGzip()),
		over("gRPC-Web over HTTP/1.1, gzip", http1, connect.WithGRPCWeb(), connect.WithSendGzip()),
		over("gRPC over HTTP/2", http2, connect.WithGRPC()),
		over("gRPC-Web over HTTP/1.1", http1, connect.WithGRPCWeb()),
		over("gRPC-Web over HTTP/2", http2, connect.WithGRPCWeb()),
	}
}

func protocols(set func(*http.Protocols, bool)) *http.Protocols {
	protocols := new(http.Protocols)
	set(protocols, true)
	return protocols
}

func explainConnect(err error) (codes.Code, []any) {
	var details []any
	if connectErr := new(connect.Error); errors.As(err, &connectErr) {
		for _, detail := range connectErr.Details() {
			if value, err := detail.Value(); err == nil {
				details = append(details, value)
			}
		}
	}
	return codes.Code(connect.CodeOf(err)), details
}

func grpcClient(name string, conn *grpc.ClientConn, options ...grpc.CallOption) client {
	stub := streakv1.NewStreakServiceClient(conn)
	return client{
		name: name,
		recordEvent: func(ctx context.Context, request *streakv1.RecordEventRequest) (*streakv1.RecordEventResponse, error) {
			return stub.RecordEvent(ctx, request, options...)
		},
		getState: func(ctx context.Context, request *streakv1.GetStateRequest) (*streakv1.GetStateResponse, error) {
			return stub.GetState(ctx, request, options...)
		},
		explain: func(err error) (codes.Code, []any) {
			return status.Code(err), status.Convert(err).Details()
		},
	}
}

func recordsAnEvent(c client) error {
	return c.record("visit", c.name+" records", time.Now())
}

func readsTheState(c client) error {
	user := c.name + " reads"
	for _, day := range []int{15, 16} {
		if err := c.record("like", user, time.Date(2024, time.January, day, 12, 0, 0, 0, time.UTC)); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), generous)
	defer cancel()
	state, err := c.getState(ctx, &streakv1.GetStateRequest{SiteKey: "proj_demo", UserHash: user, Event: "like"})
	if err != nil {
		return err
	}
	streak := state.GetStreak()
	if streak.GetMode() != streakv1.StreakMode_STREAK_MODE_CUMULATIVE || streak.GetCurrent() != 2 || len(state.GetWeek()) != 7 {
		return fmt.Errorf("after two days the state is %v", state)
	}
	return nil
}

func readsTheDetailOfAnError(c client) error {
	code, details := c.explain(c.record("no-such-widget", c.name+" errs", time.Now()))
	if code != codes.InvalidArgument {
		return fmt.Errorf("an unknown widget is answered %v", code)
	}
	for _, detail := range details {
		if info, ok := detail.(*errdetails.ErrorInfo); ok && info.GetDomain() == "streakd" && info.GetReason() == "INVALID_WIDGET_KIND" {
			return nil
		}
	}
	return fmt.Errorf("the details of the error are %v", details)
}

func keepsADeadline(c client) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Nanosecond)
	defer cancel()
	_, err := c.recordEvent(ctx, &streakv1.RecordEventRequest{SiteKey: "proj_demo", UserHash: c.name + " late", Event: "visit"})
	if code, _ := c.explain(err); code != codes.DeadlineExceeded {
		return fmt.Errorf("a call whose deadline has passed ends in %v", code)
	}
	return c.record("visit", c.name+" in time", time.Now())
}

// record reports one event with every field set, well within its deadline.
func (c client) record(event, user string, ts time.Time) error {
	ctx, cancel := context.WithTimeout(context.Background(), generous)
	defer cancel()
	meta, err := structpb.NewStruct(map[string]any{"postId": "123", "tags": []any{"a", 1, true, nil}})
	if err != nil {
		return err
	}
	zone, session := "America/New_York", "a session"
	response, err := c.recordEvent(ctx, &streakv1.RecordEventRequest{
		SiteKey:   "proj_demo",
		UserHash:  user,
		Event:     event,
		EventType: streakv1.EventType_EVENT_TYPE_STREAK_INTERACTION,
		Ts:        timestamppb.New(ts),
		Tz:        &zone,
		Meta:      meta,
		SessionId: &session,
	})
	if err != nil {
		return err
	}
	if !response.GetOk() {
		return errors.New("an event is answered without ok")
	}
	return nil
}
