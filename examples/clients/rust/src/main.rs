//! Records an event, reads the streak, and lists the projects.

use std::{env, time::Duration};

use tonic::{Code, Request, transport::Endpoint};
use tonic_types::StatusExt;

use streak::{
    GetStateRequest, ListProjectsRequest, RecordEventRequest, admin_service_client::AdminServiceClient,
    streak_service_client::StreakServiceClient,
};

mod streak {
    tonic::include_proto!("streak.v1");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let channel = Endpoint::new(format!("http://{}", env::var("STREAKD_ADDRESS")?))?.connect_lazy();
    let mut streaks = StreakServiceClient::new(channel.clone());
    let mut admin = AdminServiceClient::new(channel);

    let recorded = match streaks.record_event(within_deadline(event("visit"))).await {
        // The event may have been recorded. To send it again is always safe. The server says DeadlineExceeded; where it
        // does not answer, tonic gives up by itself and says Cancelled.
        Err(status) if matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled) => {
            println!("deadline exceeded");
            std::process::exit(1);
        }
        answer => answer?.into_inner(),
    };
    println!("recorded: {}", recorded.ok);

    let request = GetStateRequest {
        site_key: "proj_demo".into(),
        user_hash: "user_rust".into(),
        event: "visit".into(),
        ..Default::default()
    };
    let state = streaks.get_state(within_deadline(request)).await?.into_inner();
    println!("current streak: {}", state.streak.unwrap_or_default().current);

    // An error has a code of gRPC, and a reason of streakd that programs can compare.
    if let Err(status) = streaks.record_event(within_deadline(event("no_such_widget"))).await
        && let Some(info) = status.get_details_error_info()
    {
        println!("error: {:?} {}", status.code(), info.reason);
    }

    // Only for servers: the admin token must never reach a browser or an app.
    let page = admin.list_projects(with_token(&env::var("ADMIN_TOKEN")?)?).await?.into_inner();
    for project in page.projects {
        println!("project: {}", project.site_key);
    }
    if let Err(status) = admin.list_projects(with_token("wrong")?).await
        && status.code() == Code::Unauthenticated
    {
        println!("a wrong token is refused");
    }
    Ok(())
}

fn event(event: &str) -> RecordEventRequest {
    RecordEventRequest {
        site_key: "proj_demo".into(),
        user_hash: "user_rust".into(),
        event: event.into(),
        ..Default::default()
    }
}

/// Every call gets a deadline.
fn within_deadline<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(Duration::from_secs(10));
    request
}

fn with_token(token: &str) -> Result<Request<ListProjectsRequest>, Box<dyn std::error::Error>> {
    let mut request = within_deadline(ListProjectsRequest::default());
    request.metadata_mut().insert("x-admin-token", token.parse()?);
    Ok(request)
}
