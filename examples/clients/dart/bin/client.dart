// Records an event, reads the streak, and lists the projects.

import 'dart:io';

import 'package:grpc/grpc.dart';
import 'package:grpc/protos.dart' show ErrorInfo;
import 'package:streaks/stubs/streak/v1/admin_service.pbgrpc.dart';
import 'package:streaks/stubs/streak/v1/streak_service.pbgrpc.dart';

Future<void> main() async {
  final address = Uri.parse('http://${Platform.environment['STREAKD_ADDRESS']}');
  // With TLS: ChannelCredentials.secure().
  final channel = ClientChannel(
    address.host,
    port: address.port,
    options: const ChannelOptions(credentials: ChannelCredentials.insecure()),
  );
  // Every call gets a deadline.
  final options = CallOptions(timeout: const Duration(seconds: 10));
  final streaks = StreakServiceClient(channel, options: options);
  final admin = AdminServiceClient(channel, options: options);
  try {
    await run(streaks, admin);
  } finally {
    await channel.terminate();
  }
}

Future<void> run(StreakServiceClient streaks, AdminServiceClient admin) async {
  try {
    final recorded = await streaks.recordEvent(event('visit'));
    print('recorded: ${recorded.ok}');
  } on GrpcError catch (error) {
    if (error.code != StatusCode.deadlineExceeded) rethrow;
    // The event may have been recorded. To send it again is always safe.
    print('deadline exceeded');
    exitCode = 1;
    return;
  }

  final request = GetStateRequest(siteKey: 'proj_demo', userHash: 'user_dart', event: 'visit');
  final state = await streaks.getState(request);
  print('current streak: ${state.streak.current}');

  // An error has a code of gRPC, and a reason of streakd that programs can compare.
  try {
    await streaks.recordEvent(event('no_such_widget'));
  } on GrpcError catch (error) {
    for (final info in (error.details ?? []).whereType<ErrorInfo>()) {
      print('error: ${error.codeName} ${info.reason}');
    }
  }

  // Only for servers: the admin token must never reach a browser or an app.
  final token = Platform.environment['ADMIN_TOKEN'] ?? '';
  final page = await admin.listProjects(ListProjectsRequest(), options: withToken(token));
  for (final project in page.projects) {
    print('project: ${project.siteKey}');
  }
  try {
    await admin.listProjects(ListProjectsRequest(), options: withToken('wrong'));
  } on GrpcError catch (error) {
    if (error.code == StatusCode.unauthenticated) {
      print('a wrong token is refused');
    }
  }
}

RecordEventRequest event(String event) =>
    RecordEventRequest(siteKey: 'proj_demo', userHash: 'user_dart', event: event);

CallOptions withToken(String token) => CallOptions(metadata: {'x-admin-token': token});
