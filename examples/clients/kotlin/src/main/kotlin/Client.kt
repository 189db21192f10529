import com.google.rpc.ErrorInfo
import io.grpc.CallOptions
import io.grpc.Channel
import io.grpc.ClientCall
import io.grpc.ClientInterceptor
import io.grpc.Grpc
import io.grpc.InsecureChannelCredentials
import io.grpc.Metadata
import io.grpc.MethodDescriptor
import io.grpc.Status
import io.grpc.StatusException
import io.grpc.protobuf.StatusProto
import java.util.concurrent.TimeUnit
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking
import streakd.v1.AdminServiceGrpcKt.AdminServiceCoroutineStub
import streakd.v1.GetStateRequest
import streakd.v1.ListProjectsRequest
import streakd.v1.RecordEventRequest
import streakd.v1.StreakServiceGrpcKt.StreakServiceCoroutineStub

/** Records an event, reads the streak, and lists the projects. */
fun main() = runBlocking {
    // With TLS: TlsChannelCredentials.create().
    val channel = Grpc.newChannelBuilder(System.getenv("STREAKD_ADDRESS"), InsecureChannelCredentials.create())
        .intercept(Deadline)
        .build()
    val streaks = StreakServiceCoroutineStub(channel)
    val admin = AdminServiceCoroutineStub(channel)

    try {
        println("recorded: ${streaks.recordEvent(event("visit")).ok}")
    } catch (error: StatusException) {
        if (error.status.code != Status.Code.DEADLINE_EXCEEDED) throw error
        // The event may have been recorded. To send it again is always safe.
        println("deadline exceeded")
        exitProcess(1)
    }

    val request = GetStateRequest.newBuilder()
        .setSiteKey("proj_demo").setUserHash("user_kotlin").setEvent("visit").build()
    println("current streak: ${streaks.getState(request).streak.current}")

    // An error has a code of gRPC, and a reason of streakd that programs can compare.
    try {
        streaks.recordEvent(event("no_such_widget"))
    } catch (error: StatusException) {
        val details = StatusProto.fromThrowable(error)?.detailsList.orEmpty()
        for (detail in details.filter { it.`is`(ErrorInfo::class.java) }) {
            println("error: ${error.status.code} ${detail.unpack(ErrorInfo::class.java).reason}")
        }
    }

    // Only for servers: the admin token must never reach a browser or an app.
    val all = ListProjectsRequest.getDefaultInstance()
    for (project in admin.listProjects(all, token(System.getenv("ADMIN_TOKEN"))).projectsList) {
        println("project: ${project.siteKey}")
    }
    try {
        admin.listProjects(all, token("wrong"))
    } catch (error: StatusException) {
        if (error.status.code == Status.Code.UNAUTHENTICATED) println("a wrong token is refused")
    }

    channel.shutdownNow()
    Unit
}

private fun event(event: String): RecordEventRequest = RecordEventRequest.newBuilder()
    .setSiteKey("proj_demo").setUserHash("user_kotlin").setEvent(event).build()

private fun token(token: String) = Metadata().apply {
    put(Metadata.Key.of("x-admin-token", Metadata.ASCII_STRING_MARSHALLER), token)
}

/** Gives every call a deadline. A stub's own withDeadlineAfter is one moment for all calls of the stub. */
private object Deadline : ClientInterceptor {
    override fun <Q, A> interceptCall(
        method: MethodDescriptor<Q, A>,
        options: CallOptions,
        next: Channel,
    ): ClientCall<Q, A> = next.newCall(method, options.withDeadlineAfter(10, TimeUnit.SECONDS))
}
