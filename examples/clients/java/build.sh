mvn --batch-mode --quiet package dependency:copy-dependencies
