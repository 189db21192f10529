<?php

// Records an event, reads the streak, and lists the projects.

use Streakd\V1\GetStateRequest;
use Streakd\V1\GetStateResponse;
use Streakd\V1\ListProjectsRequest;
use Streakd\V1\ListProjectsResponse;
use Streakd\V1\RecordEventRequest;
use Streakd\V1\RecordEventResponse;

// With Composer, its autoload.php does this. Debian's php-google-protobuf lies in the include path.
set_include_path(__DIR__ . '/stubs' . PATH_SEPARATOR . get_include_path());
spl_autoload_register(function (string $class): void {
    $file = stream_resolve_include_path(strtr($class, '\\', '/') . '.php');
    if ($file !== false) {
        require $file;
    }
});
require __DIR__ . '/Streakd.php';

$url = 'http://' . getenv('STREAKD_ADDRESS');
$streakd = new Streakd($url, timeoutMs: 10_000);
$user = ['site_key' => 'proj_demo', 'user_hash' => 'user_php'];

try {
    $event = new RecordEventRequest([...$user, 'event' => 'visit']);
    $recorded = $streakd->call('streak.v1.StreakService/RecordEvent', $event, new RecordEventResponse());
} catch (StreakdError $error) {
    if ($error->status !== 'deadline_exceeded') {
        throw $error;
    }
    // The event may have been recorded. To send it again is always safe.
    echo "deadline exceeded\n";
    exit(1);
}
echo 'recorded: ', json_encode($recorded->getOk()), "\n";

$request = new GetStateRequest([...$user, 'event' => 'visit']);
$state = $streakd->call('streak.v1.StreakService/GetState', $request, new GetStateResponse());
echo 'current streak: ', $state->getStreak()->getCurrent(), "\n";

// An error has a code of Connect, and a reason of streakd that programs can compare.
try {
    $event = new RecordEventRequest([...$user, 'event' => 'no_such_widget']);
    $streakd->call('streak.v1.StreakService/RecordEvent', $event, new RecordEventResponse());
} catch (StreakdError $error) {
    echo "error: $error->status $error->reason\n";
}

// The admin token is for your servers: no page may hold it.
$admin = new Streakd($url, headers: ['X-Admin-Token: ' . getenv('ADMIN_TOKEN')]);
$page = $admin->call('streak.v1.AdminService/ListProjects', new ListProjectsRequest(), new ListProjectsResponse());
foreach ($page->getProjects() as $project) {
    echo 'project: ', $project->getSiteKey(), "\n";
}
try {
    $admin = new Streakd($url, headers: ['X-Admin-Token: wrong']);
    $admin->call('streak.v1.AdminService/ListProjects', new ListProjectsRequest(), new ListProjectsResponse());
} catch (StreakdError $error) {
    if ($error->status === 'unauthenticated') {
        echo "a wrong token is refused\n";
    }
}
