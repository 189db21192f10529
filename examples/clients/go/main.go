// Command client records an event, reads the streak, and lists the projects.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	streakv1 "example.com/streaks/stubs/streak/v1"
)

func main() {
	// With TLS: credentials.NewTLS(nil).
	conn, err := grpc.NewClient(os.Getenv("STREAKD_ADDRESS"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	streaks := streakv1.NewStreakServiceClient(conn)
	admin := streakv1.NewAdminServiceClient(conn)

	// Every call gets a deadline.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	event := &streakv1.RecordEventRequest{SiteKey: "proj_demo", UserHash: "user_go", Event: "visit"}
	recorded, err := streaks.RecordEvent(ctx, event)
	if status.Code(err) == codes.DeadlineExceeded {
		// The event may have been recorded. To send it again is always safe.
		fmt.Println("deadline exceeded")
		os.Exit(1)
	}
	if err != nil {
		panic(err)
	}
	fmt.Println("recorded:", recorded.GetOk())

	state, err := streaks.GetState(ctx, &streakv1.GetStateRequest{SiteKey: "proj_demo", UserHash: "user_go", Event: "visit"})
	if err != nil {
		panic(err)
	}
	fmt.Println("current streak:", state.GetStreak().GetCurrent())

	// An error has a code of gRPC, and a reason of streakd that programs can compare.
	_, err = streaks.RecordEvent(ctx, &streakv1.RecordEventRequest{SiteKey: "proj_demo", UserHash: "user_go", Event: "no_such_widget"})
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			fmt.Println("error:", status.Code(err), info.GetReason())
		}
	}

	// Only for servers: the admin token must never reach a browser or an app.
	withToken := metadata.AppendToOutgoingContext(ctx, "x-admin-token", os.Getenv("ADMIN_TOKEN"))
	page, err := admin.ListProjects(withToken, &streakv1.ListProjectsRequest{})
	if err != nil {
		panic(err)
	}
	for _, project := range page.GetProjects() {
		fmt.Println("project:", project.GetSiteKey())
	}
	wrongToken := metadata.AppendToOutgoingContext(ctx, "x-admin-token", "wrong")
	if _, err = admin.ListProjects(wrongToken, &streakv1.ListProjectsRequest{}); status.Code(err) == codes.Unauthenticated {
		fmt.Println("a wrong token is refused")
	}
}
