import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.util.concurrent.TimeUnit;
import streakd.v1.AdminServiceGrpc;
import streakd.v1.GetStateRequest;
import streakd.v1.ListProjectsRequest;
import streakd.v1.RecordEventRequest;
import streakd.v1.StreakServiceGrpc;

/** Records an event, reads the streak, and lists the projects. */
public final class Client {
  private static final Metadata.Key<String> ADMIN_TOKEN =
      Metadata.Key.of("x-admin-token", Metadata.ASCII_STRING_MARSHALLER);

  public static void main(String[] args) throws InvalidProtocolBufferException {
    // With TLS: TlsChannelCredentials.create().
    ManagedChannel channel =
        Grpc.newChannelBuilder(System.getenv("STREAKD_ADDRESS"), InsecureChannelCredentials.create())
            .intercept(new Deadline())
            .build();
    try {
      run(channel);
    } finally {
      channel.shutdownNow();
    }
  }

  private static void run(Channel channel) throws InvalidProtocolBufferException {
    var streaks = StreakServiceGrpc.newBlockingStub(channel);
    var admin = AdminServiceGrpc.newBlockingStub(channel);

    try {
      System.out.println("recorded: " + streaks.recordEvent(event("visit")).getOk());
    } catch (StatusRuntimeException error) {
      if (error.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
        throw error;
      }
      // The event may have been recorded. To send it again is always safe.
      System.out.println("deadline exceeded");
      System.exit(1);
    }

    var request =
        GetStateRequest.newBuilder().setSiteKey("proj_demo").setUserHash("user_java").setEvent("visit").build();
    System.out.println("current streak: " + streaks.getState(request).getStreak().getCurrent());

    // An error has a code of gRPC, and a reason of streakd that programs can compare.
    try {
      streaks.recordEvent(event("no_such_widget"));
    } catch (StatusRuntimeException error) {
      for (Any detail : StatusProto.fromThrowable(error).getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          var reason = detail.unpack(ErrorInfo.class).getReason();
          System.out.println("error: " + error.getStatus().getCode() + " " + reason);
        }
      }
    }

    // Only for servers: the admin token must never reach a browser or an app.
    var withToken = admin.withInterceptors(token(System.getenv("ADMIN_TOKEN")));
    for (var project : withToken.listProjects(ListProjectsRequest.getDefaultInstance()).getProjectsList()) {
      System.out.println("project: " + project.getSiteKey());
    }
    try {
      admin.withInterceptors(token("wrong")).listProjects(ListProjectsRequest.getDefaultInstance());
    } catch (StatusRuntimeException error) {
      if (error.getStatus().getCode() == Status.Code.UNAUTHENTICATED) {
        System.out.println("a wrong token is refused");
      }
    }
  }

  private static RecordEventRequest event(String event) {
    return RecordEventRequest.newBuilder().setSiteKey("proj_demo").setUserHash("user_java").setEvent(event).build();
  }

  private static ClientInterceptor token(String token) {
    var metadata = new Metadata();
    metadata.put(ADMIN_TOKEN, token);
    return MetadataUtils.newAttachHeadersInterceptor(metadata);
  }

  /** Gives every call a deadline. A stub's own withDeadlineAfter is one moment for all calls of the stub. */
  private static final class Deadline implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return next.newCall(method, options.withDeadlineAfter(10, TimeUnit.SECONDS));
    }
  }
}
